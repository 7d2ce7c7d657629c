//! A corpus in one file, since a thousand small ones are a burden to everybody: each input after its length, in four
//! octets, the most significant one first.

/// Many in one, in an order of their own, so that the same inputs are the same file.
#[must_use]
pub fn pack(mut inputs: Vec<Vec<u8>>) -> Vec<u8> {
    inputs.sort();
    inputs.dedup();
    let mut out = Vec::new();
    for input in inputs {
        // The fuzzer makes none that long.
        let Ok(length) = u32::try_from(input.len()) else { continue };
        out.extend(length.to_be_bytes());
        out.extend(input);
    }
    out
}

/// One by one; `None` when the file is damaged.
#[must_use]
pub fn unpack(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut inputs = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (input, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        inputs.push(input.to_vec());
        bytes = rest;
    }
    Some(inputs)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_packed_comes_out_again_once() {
        let inputs = [&b"b"[..], b"", b"abc", b"b"].map(<[u8]>::to_vec).to_vec();
        let packed = super::pack(inputs);
        assert_eq!(super::unpack(&packed).unwrap(), [&b""[..], b"abc", b"b"].map(<[u8]>::to_vec));
        assert_eq!(super::unpack(&packed[..packed.len() - 1]), None);
    }
}
