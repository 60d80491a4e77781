//! YAML as a tree with places: the only file that names the YAML crate.
//!
//! The crate gives values without places, and it gives numbers without their text, so that `1.10` would become
//! `1.1`. Both are had by reading twice: the first pass asks what each value is, the second one asks for every
//! scalar's text. A text that is lent from the input tells by its address where it stands. Must not know which keys
//! have a meaning.

use std::fmt;
use std::ops::Range;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is.
    pub(super) what: What,
    /// Where its text stands, in bytes of the input; only for scalars whose text is in the input as it is.
    pub(super) place: Option<Range<usize>>,
}

impl Node {
    /// Where the last text in it stands.
    pub(super) fn end(&self) -> Option<Range<usize>> {
        match &self.what {
            What::List(items) => items.iter().rev().find_map(Self::end),
            What::Map(entries) => entries.iter().rev().find_map(|(key, value)| value.end().or(key.place.clone())),
            _ => self.place.clone(),
        }
    }
}

/// What a value is.
#[derive(Debug)]
pub(super) enum What {
    /// Nothing, `null` or `~`.
    Nothing,
    /// `true` or `false`; the text as written.
    Truth(String),
    /// A number; the text as written.
    Number(String),
    /// Any other scalar.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map in the order in which it is written, repeated keys included.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug)]
pub(super) struct Key {
    /// Its text as written.
    pub(super) text: String,
    /// Where it stands.
    pub(super) place: Option<Range<usize>>,
}

/// Why a text is not the YAML that can be read here.
#[derive(Debug)]
pub(super) struct Malformed {
    /// The reason in words, without a place.
    pub(super) message: String,
    /// Byte of the input where it was noticed.
    pub(super) at: usize,
}

/// Reads a whole text. With `only`, the top level must be a map, is searched for that key, and all its values are
/// given, of which there should be one; what other keys say is passed over.
pub(super) fn read(text: &str, only: Option<&str>) -> Result<Vec<Node>, Malformed> {
    let reader = Reader { text, only };
    let mut found = reader.pass(Top { reader, earlier: None })?;
    reader.pass(Top { reader, earlier: Some(&mut found) })?;
    Ok(found)
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    text: &'t str,
    only: Option<&'t str>,
}

impl<'t> Reader<'t> {
    fn pass(self, top: Top<'t, '_>) -> Result<Vec<Node>, Malformed> {
        top.deserialize(serde_yaml::Deserializer::from_str(self.text)).map_err(|error| self.malformed(&error))
    }

    fn malformed(self, error: &serde_yaml::Error) -> Malformed {
        let words = error.to_string();
        // The crate's places count from the start of this text, which may be a part of a file.
        let message = words.split(" at line ").next().unwrap_or(&words);
        let message = message.split(" at position ").next().unwrap_or(message);
        let at = error.location().map_or(0, |location| location.index()).min(self.text.len());
        Malformed { message: message.to_owned(), at }
    }

    /// Where a text stands that was lent from the input.
    fn place(self, lent: &str) -> Option<Range<usize>> {
        let start = (lent.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let end = start + lent.len();
        // An empty text has no place that could be underlined.
        (!lent.is_empty() && self.text.get(start..end) == Some(lent)).then_some(start..end)
    }
}

/// The whole text: first to find the nodes, then, with what was found, to add their texts.
struct Top<'t, 'n> {
    reader: Reader<'t>,
    earlier: Option<&'n mut Vec<Node>>,
}

impl<'t> DeserializeSeed<'t> for Top<'t, '_> {
    type Value = Vec<Node>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Vec<Node>, D::Error> {
        let reader = self.reader;
        if reader.only.is_some() {
            return deserializer.deserialize_map(self);
        }
        match self.earlier.and_then(|found| found.first_mut()) {
            None => Ok(vec![Shape { reader }.deserialize(deserializer)?]),
            Some(node) => Words { reader, node }.deserialize(deserializer).map(|()| Vec::new()),
        }
    }
}

impl<'t> Visitor<'t> for Top<'t, '_> {
    type Value = Vec<Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Vec<Node>, A::Error> {
        let reader = self.reader;
        let mut values = Vec::new();
        let mut earlier = self.earlier.map(|found| found.iter_mut());
        // The other keys are not ours and may be anything.
        while let Some(key) = map.next_key::<serde_yaml::Value>()? {
            if key.as_str() != reader.only {
                map.next_value::<IgnoredAny>()?;
            } else if let Some(earlier) = &mut earlier {
                match earlier.next() {
                    Some(node) => map.next_value_seed(Words { reader, node })?,
                    None => return Err(A::Error::custom("the text reads differently the second time")),
                }
            } else {
                values.push(map.next_value_seed(Shape { reader })?);
            }
        }
        Ok(values)
    }
}

/// The first pass: what a value is. Scalars get no text yet.
#[derive(Clone, Copy)]
struct Shape<'t> {
    reader: Reader<'t>,
}

impl<'t> DeserializeSeed<'t> for Shape<'t> {
    type Value = Node;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Shape<'_> {
    fn scalar<E>(what: fn(String) -> What) -> Result<Node, E> {
        Ok(Node { what: what(String::new()), place: None })
    }
}

impl<'t> Visitor<'t> for Shape<'t> {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Self::scalar(What::Truth)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Self::scalar(What::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Self::scalar(What::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node, E> {
        Self::scalar(What::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node, E> {
        Self::scalar(What::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Self::scalar(What::Number)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Self::scalar(What::Text)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node { what: What::Nothing, place: None })
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node { what: What::Nothing, place: None })
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element_seed(self)? {
            nodes.push(node);
        }
        Ok(Node { what: What::List(nodes), place: None })
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(Scalar { reader: self.reader })? {
            entries.push((key, map.next_value_seed(self)?));
        }
        Ok(Node { what: What::Map(entries), place: None })
    }

    fn visit_enum<A: EnumAccess<'t>>(self, _: A) -> Result<Node, A::Error> {
        Err(A::Error::custom("YAML tags have no meaning here"))
    }
}

/// A scalar's text as written, and its place.
struct Scalar<'t> {
    reader: Reader<'t>,
}

impl<'t> DeserializeSeed<'t> for Scalar<'t> {
    type Value = Key;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Scalar<'t> {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a plain name as a key")
    }

    fn visit_borrowed_str<E>(self, lent: &'t str) -> Result<Key, E> {
        Ok(Key { text: lent.to_owned(), place: self.reader.place(lent) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Key, E> {
        Ok(Key { text: text.to_owned(), place: None })
    }
}

/// The second pass: adds texts and places to the nodes of the first.
struct Words<'t, 'n> {
    reader: Reader<'t>,
    node: &'n mut Node,
}

impl<'t> DeserializeSeed<'t> for Words<'t, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        match &mut self.node.what {
            What::Nothing => deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ()),
            What::Truth(text) | What::Number(text) | What::Text(text) => {
                let scalar = Scalar { reader: self.reader }.deserialize(deserializer)?;
                *text = scalar.text;
                self.node.place = scalar.place;
                Ok(())
            }
            What::List(_) => deserializer.deserialize_seq(self),
            What::Map(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'t> Visitor<'t> for Words<'t, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        if let What::List(nodes) = &mut self.node.what {
            for node in nodes {
                items.next_element_seed(Words { reader: self.reader, node })?;
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        if let What::Map(entries) = &mut self.node.what {
            for (_, node) in entries {
                if map.next_key_seed(Scalar { reader: self.reader })?.is_some() {
                    map.next_value_seed(Words { reader: self.reader, node })?;
                }
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
