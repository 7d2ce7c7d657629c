//! The library, as a bench or a test of the server uses it: devices in memory with prepared keys.

use crate::server::{command, link, start};
use muster_agent::apple::{
    device::{Device, Options},
    hardware::Hardware,
    http::Client,
    key::Key,
    keys::Pool,
    session::Step,
    state::Phase,
};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn devices_in_memory_with_prepared_keys_enrol_and_sign_idle_beforehand() {
    let server = start().await;
    let client = Client::new(muster_agent::clock::system, true, None).unwrap();
    let key = Arc::new(Key::generate(2048).unwrap());
    let pool = Pool::of(vec![Arc::clone(&key)]);
    let link = link(&server).parse().unwrap();
    let mut devices = Vec::new();
    for _ in 0..3 {
        let mut device = Device::new(pool.clone(), Hardware::iphone().unwrap(), Options::default());
        device.enrol(&client, &link).await.unwrap();
        assert_eq!(device.certificate().unwrap().spki().unwrap(), key.spki());
        devices.push(device);
    }
    let requests = devices.iter().map(|d| d.idle_request(muster_agent::clock::system()).unwrap());
    let requests: Vec<_> = requests.collect();
    assert!(requests[0].url.ends_with("/mdm") && requests[0].method == "PUT");
    assert!(requests[0].headers.iter().any(|(name, value)| *name == "mdm-signature" && value.len() > 1_000));
    assert_ne!(requests[0].body, requests[1].body);
    for request in requests {
        assert_eq!(client.send(request).await.unwrap().status, 200);
    }
    server.lock().unwrap().commands.extend([command("a", "DeviceLock", ""), command("b", "EraseDevice", "")]);
    let device = &mut devices[1];
    let step = device.next(&client).await.unwrap();
    let Step::Command { uuid, request_type, status } = step else { panic!("{step:?}") };
    assert_eq!((uuid.as_str(), request_type.as_str(), status.as_str()), ("a", "DeviceLock", "Acknowledged"));
    assert!(device.has_answer());
    device.next(&client).await.unwrap();
    assert_eq!(device.next(&client).await.unwrap(), Step::Ended { phase: Phase::Erased });
    assert!(device.next(&client).await.is_err() && device.idle_request(0).is_err());
    assert_eq!(devices[2].next(&client).await.unwrap(), Step::Nothing);
}
