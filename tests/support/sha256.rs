//! SHA-256 as a browser writes it into a policy, for comparing with what stands in a page.

/// The first 32 bits behind the point of the roots of the first primes.
fn root(prime: u32, power: f64) -> u32 {
    // 52 bits are enough for 32 behind the point of a number below 20.
    let root = f64::from(prime).powf(power);
    ((root - root.floor()) * 4_294_967_296.0) as u32
}

/// The digest of a text in base64.
pub fn sha256_base64(text: &str) -> String {
    let primes: Vec<u32> = (2u32..).filter(|&n| (2..n).all(|d| n % d != 0)).take(64).collect();
    let constants: Vec<u32> = primes.iter().map(|&prime| root(prime, 1.0 / 3.0)).collect();
    let mut state: Vec<u32> = primes[..8].iter().map(|&prime| root(prime, 0.5)).collect();

    let mut bytes = text.as_bytes().to_vec();
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    // The length takes the last eight bytes of the last block.
    let end = (bytes.len() + 8).next_multiple_of(64);
    bytes.resize(end, 0);
    bytes[end - 8..].copy_from_slice(&bits.to_be_bytes());

    for block in bytes.chunks(64) {
        let mut words: Vec<u32> =
            block.chunks(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]])).collect();
        for at in 16..64 {
            let (early, late) = (words[at - 15], words[at - 2]);
            let early = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
            let late = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
            words.push(words[at - 16].wrapping_add(early).wrapping_add(words[at - 7]).wrapping_add(late));
        }
        let mut v = state.clone();
        for (word, constant) in words.iter().zip(&constants) {
            let mix = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let one = v[7].wrapping_add(mix).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
            let mix = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            v.rotate_right(1);
            v[0] = one.wrapping_add(mix).wrapping_add(majority);
            v[4] = v[4].wrapping_add(one);
        }
        state.iter_mut().zip(v).for_each(|(sum, more)| *sum = sum.wrapping_add(more));
    }
    base64(&state.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0u32, |number, at| number << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = char::from(LETTERS[(number >> (18 - 6 * at) & 63) as usize]);
            out.push(if at > three.len() { '=' } else { letter });
        }
    }
    out
}
