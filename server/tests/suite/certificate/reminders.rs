//! Mails to owners before the certificate ends, with a clock that is set by hand.

use crate::outbox::world::World;
use muster::{
    adapters::{files::FileMailer, smtp::SmtpMailer},
    jobs::reminders::Reminders,
};
use muster_domain::{
    AccountId, Language, Timestamp,
    account::{Account, Role},
    apple::PushCertificate,
    kept::KeptQuery,
    ports::{Clock, KeptMails},
    settings::Settings,
    time::DAY,
};
use std::path::Path;

const TOPIC: &str = "com.apple.mgmt.External.1";

struct Owners {
    world: World,
    reminders: Reminders,
    folder: tempfile::TempDir,
}

impl Owners {
    /// A workspace whose certificate ends in so many days, with three accounts.
    async fn new(days: u32, smtp: bool) -> Self {
        let world = World::new().await;
        let folder = tempfile::tempdir().unwrap();
        let ports = world.mails.ports.clone();
        if !smtp {
            let settings =
                Settings { sender: Some("it@example.org".parse().unwrap()), ..Settings::default() };
            ports.store.set_settings(world.workspace, &settings).await.unwrap();
        }
        let reminders = Reminders {
            ports,
            address: "https://muster.example.org".into(),
            smtp: SmtpMailer::default(),
            files: FileMailer::new(folder.path().to_owned()),
        };
        let owners = Self { world, reminders, folder };
        owners.certificate(days).await;
        for (email, role, language) in [
            ("rosa@example.org", Role::Owner, None),
            ("boris@example.org", Role::Owner, Some(Language::Ru)),
            ("admin@example.org", Role::Administrator, None),
        ] {
            owners.account(email, role, language).await;
        }
        owners
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    async fn certificate(&self, days: u32) {
        let certificate = PushCertificate {
            chain: Vec::new(),
            topic: TOPIC.into(),
            serial: "0a1b".into(),
            not_before: self.now(),
            not_after: self.now().plus_days(days),
            account: Some("it@apple.example.org".into()),
            uploaded_at: self.now(),
        };
        let store = &self.reminders.ports.store;
        store.set_push_certificate(self.world.workspace, &certificate, b"key", None).await.unwrap();
    }

    async fn account(&self, email: &str, role: Role, language: Option<Language>) {
        let ports = &self.reminders.ports;
        let id = AccountId::new(self.now(), &*ports.secrets);
        let name = email.split('@').next().unwrap().parse().unwrap();
        let account = Account { id, email: email.parse().unwrap(), name, language };
        ports.store.add_account(self.world.workspace, &account, role, None, self.now()).await.unwrap();
        if let Some(language) = language {
            ports.store.set_language(id, language).await.unwrap();
        }
    }

    /// Looks; the addresses and subjects of what was kept since, in order.
    async fn look(&self) -> Vec<(String, String)> {
        self.reminders.round().await.unwrap();
        let list = self.reminders.files.list(self.world.workspace, &KeptQuery::default()).await.unwrap();
        let mut told: Vec<_> = list.rows.into_iter().map(|row| (row.to, row.subject)).collect();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        told.sort();
        told
    }
}

#[tokio::test]
async fn owners_are_told_sixty_thirty_fourteen_seven_and_one_day_before_the_end_and_once_after_it() {
    let owners = Owners::new(61, false).await;
    let mut told = Vec::new();
    // Four looks a day until two days after the end.
    for quarter in 0..(4 * 63) {
        for (to, subject) in owners.look().await {
            told.push((quarter / 4, to, subject));
        }
        owners.world.pass(DAY / 4);
    }
    let rosa: Vec<_> = told.iter().filter(|(_, to, _)| to.contains("rosa@")).collect();
    let days: Vec<i32> = rosa.iter().map(|(day, ..)| *day).collect();
    assert_eq!(days, [1, 31, 47, 54, 60, 61], "{rosa:?}");
    let subjects: Vec<&str> = rosa.iter().map(|(_, _, subject)| subject.as_str()).collect();
    for (subject, words) in
        subjects.iter().zip(["60 days", "30 days", "14 days", "7 days", "1 day", "has ended"])
    {
        assert!(subject.contains(words), "{subject}");
    }
    let boris: Vec<_> = told.iter().filter(|(_, to, _)| to.contains("boris@")).collect();
    assert_eq!(boris.len(), 6);
    assert!(boris[0].2.contains("осталось 60 дней") && boris[5].2.contains("истёк"), "{boris:?}");
    assert!(!told.iter().any(|(_, to, _)| to.contains("admin@")), "owners alone");
}

#[tokio::test]
async fn after_a_pause_only_the_nearest_is_told_and_a_renewed_certificate_begins_anew() {
    let owners = Owners::new(60, false).await;
    assert_eq!(owners.look().await.len(), 2);
    owners.world.pass(50 * DAY);
    let told = owners.look().await;
    assert_eq!(told.len(), 2);
    assert!(
        told.iter().any(|(_, subject)| subject.contains("10 days")),
        "what is left, not the rule: {told:?}"
    );
    assert_eq!(owners.look().await, []);
    owners.certificate(365).await;
    assert_eq!(owners.look().await, []);
    owners.world.pass(305 * DAY);
    assert_eq!(owners.look().await.len(), 2, "the new one's sixty days");
    // Who becomes an owner later is told as well, and nobody else twice.
    owners.account("late@example.org", Role::Owner, None).await;
    let told = owners.look().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].0.contains("late@"), "{told:?}");
}

#[tokio::test]
async fn what_the_mail_server_puts_off_is_tried_again_and_what_it_took_is_not() {
    let owners = Owners::new(30, true).await;
    owners.account("once@example.org", Role::Owner, None).await;
    let taken = || owners.world.seen.lock().unwrap().clone();
    owners.reminders.round().await.unwrap();
    assert_eq!(taken().len(), 3, "two were taken, one was put off");
    owners.reminders.round().await.unwrap();
    assert_eq!(taken().len(), 4, "that one again");
    let (last, first) = (taken()[3].clone(), taken());
    assert_eq!(first.iter().filter(|id| **id == last).count(), 2, "the same message");
    owners.reminders.round().await.unwrap();
    assert_eq!(taken().len(), 4);
}

#[tokio::test]
async fn the_mail_says_until_when_with_which_account_and_how() {
    let owners = Owners::new(14, false).await;
    owners.reminders.round().await.unwrap();
    let read = |folder: &Path| -> Vec<String> {
        let files =
            std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let text = |bytes: Vec<u8>| {
            let mail = mailparse::parse_mail(&bytes).unwrap();
            let parts = mail.parts().filter(|part| part.ctype.mimetype == "text/plain");
            parts.map(|part| part.get_body().unwrap()).collect::<String>()
        };
        files.map(text).collect()
    };
    let mails = read(owners.folder.path());
    let english = mails.iter().find(|mail| mail.contains("It holds until")).unwrap();
    for part in
        ["it@apple.example.org", "0a1b", "https://muster.example.org/settings/apple", "do not make a new one"]
    {
        assert!(english.contains(part), "{part}: {english}");
    }
    assert!(mails.iter().any(|mail| mail.contains("it@apple.example.org") && mail.contains("Продлите его")));
}
