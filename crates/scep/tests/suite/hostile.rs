//! Real messages with bytes changed and cut off: a refusal, or what the client really asked for.

use crate::{
    authority::{Authority, random},
    client::Client,
};
use muster_scep::message::{Request, open};
use proptest::prelude::*;
use std::sync::LazyLock;

struct World {
    authority: Authority,
    client: Client,
    message: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (authority, client) = (Authority::new(), Client::new());
    let message = client.message(Some("19"), &client.request("s3cret"), &authority);
    World { authority, client, message }
});

fn check(bytes: &[u8]) {
    let world = &*WORLD;
    let recipients = [(&world.authority.recipient, &world.authority.opens)];
    if let Ok(received) = open(bytes, &recipients, &mut random) {
        // The signer's certificate is not under the signature: what is taken from it is its key alone.
        assert_eq!(received.exchange.signer().key(), world.client.key.public());
        let Request::Enrol(csr) = received.request else { panic!("another type") };
        assert_eq!((csr.challenge(), csr.key()), (Some("s3cret"), world.client.key.public()));
        assert_eq!(received.exchange.transaction().as_str(), "A/b+c=");
    }
}

#[test]
fn a8_every_byte_changed_and_every_length_cut() {
    let message = &WORLD.message;
    for at in 0..message.len() {
        check(&message[..at]);
        let mut changed = message.clone();
        for value in [0, 0x80, 0xff, changed[at] ^ 1] {
            changed[at] = value;
            check(&changed);
        }
    }
}

proptest! {
    #[test]
    fn a8_any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn a8_any_content_of_an_envelope_ends_in_an_answer(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), kind in "1[79]|20",
    ) {
        let world = &*WORLD;
        let message = world.client.message(Some(&kind), &bytes, &world.authority);
        let recipients = [(&world.authority.recipient, &world.authority.opens)];
        prop_assert!(open(&message, &recipients, &mut random).is_err());
    }
}
