//! The message in a company's own words, its colour, logo and whom to ask.

use crate::world::World;
use muster_domain::{
    Language,
    look::{Logo, Look},
    ports::StoreError,
    wording::{Part, Wording, Words},
};

fn own() -> Wording {
    let mut words = Words::usual(Language::En, false);
    words.put(Part::Subject, "{{company}} calls, “{{name}}”");
    words.parse().unwrap()
}

fn logo(name: &str) -> Logo {
    Logo { name: name.into(), width: 40, height: 28, png: vec![1, 2, 3] }
}

pub async fn words_are_kept_by_language_and_gone_they_are_the_usual_ones(world: World) {
    let (store, ws) = (&world.store, world.ws);
    assert_eq!(store.brand(ws).await.unwrap().wording(Language::En), None);
    store.set_wording(ws, Language::En, Some(&Wording::usual(Language::En, true))).await.unwrap();
    store.set_wording(ws, Language::En, Some(&own())).await.unwrap();
    store.set_wording(ws, Language::Ru, Some(&Wording::usual(Language::Ru, true))).await.unwrap();
    let brand = store.brand(ws).await.unwrap();
    assert_eq!(brand.wording(Language::En), Some(&own()), "whoever wrote reads what they wrote");
    assert_eq!(brand.wording(Language::Ru), Some(&Wording::usual(Language::Ru, true)));
    store.set_wording(ws, Language::En, None).await.unwrap();
    let brand = store.brand(ws).await.unwrap();
    assert_eq!(brand.wording(Language::En), None);
    assert!(brand.wording(Language::Ru).is_some(), "each language by itself");
    store.set_wording(ws, Language::En, None).await.unwrap();
}

pub async fn colour_logo_and_whom_to_ask_are_kept_and_settings_go_with_them(world: World) {
    let (store, ws) = (&world.store, world.ws);
    let mut settings = store.settings(ws).await.unwrap();
    settings.link_days = 9;
    store.set_settings(ws, &settings).await.unwrap();
    let look = Look {
        accent: "#aa3300".parse().ok(),
        phone: "+49 30 1234".parse().ok(),
        email: "it@example.org".parse().ok(),
    };
    store.set_look(ws, &look, Some("The “IT” desk")).await.unwrap();
    settings.help_contact = Some("The “IT” desk".into());
    assert_eq!(store.settings(ws).await.unwrap(), settings, "and nothing else of them");
    store.set_logo(ws, Some(&logo("a"))).await.unwrap();
    store.set_logo(ws, Some(&logo("b"))).await.unwrap();
    let brand = store.brand(ws).await.unwrap();
    assert_eq!((&brand.look, &brand.logo), (&look, &Some(logo("b"))));
    assert_eq!(store.find_logo("b").await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(store.find_logo("a").await, Ok(None), "the older one is gone");
    store.set_logo(ws, None).await.unwrap();
    store.set_look(ws, &Look::default(), None).await.unwrap();
    assert_eq!(*store.brand(ws).await.unwrap(), Default::default());
    settings.help_contact = None;
    assert_eq!(store.settings(ws).await.unwrap(), settings);
    assert_eq!(store.find_logo("b").await, Ok(None));
}

pub async fn a29_words_and_logos_of_another_workspace_are_not_seen_and_not_changed(world: World) {
    let store = &world.store;
    store.set_wording(world.ws, Language::En, Some(&own())).await.unwrap();
    store.set_logo(world.ws, Some(&logo("a"))).await.unwrap();
    assert_eq!(*store.brand(world.other).await.unwrap(), Default::default());
    store.set_wording(world.other, Language::En, None).await.unwrap();
    store.set_logo(world.other, None).await.unwrap();
    let brand = store.brand(world.ws).await.unwrap();
    assert!(brand.wording(Language::En).is_some() && brand.logo.is_some());
    let taken = store.set_logo(world.other, Some(&logo("a"))).await;
    assert_eq!(taken, Err(StoreError::Exists), "a name leads to one picture");
    let nowhere = "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap();
    assert_eq!(store.brand(nowhere).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.set_wording(nowhere, Language::En, Some(&own())).await, Err(StoreError::NotFound));
    assert_eq!(store.set_look(nowhere, &Look::default(), None).await, Err(StoreError::NotFound));
}
