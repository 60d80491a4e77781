//! Tests of exec_contract.
