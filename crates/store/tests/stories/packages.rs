//! Android packages: one of each name, at an address that stays, by the same signer.

use crate::world::World;
use muster_domain::{
    PackageId, WorkspaceId,
    audit::{Act, Action, By},
    package::{AppPackage, MOST},
    ports::*,
    query::AuditQuery,
};

fn package(world: &World, name: &str, version: u64, signer: &str) -> AppPackage {
    AppPackage {
        id: PackageId::new(world.now(), &*world.ports.secrets),
        name: name.into(),
        version_code: version,
        version_name: Some(format!("{version}.0")),
        min_sdk: 26,
        size: 4 << 20,
        sha256: format!("{version:064x}"),
        certificates: vec![signer.into()],
        several: false,
        checksum: signer.repeat(43),
        receiver: Some(format!("{name}/.Admin")),
        uploaded_at: world.now(),
        uploaded_by: None,
    }
}

async fn put(world: &World, workspace: WorkspaceId, new: &AppPackage, other_signer: bool) -> PackagePut {
    let meant = Meant { other_signer, older: false };
    let address = world.ports.secrets.package_address(new.id).hash();
    world.store.put_package(workspace, new, address, meant).await.unwrap()
}

pub async fn a_package_takes_the_place_of_its_former_version_at_the_same_address(world: World) {
    let first = package(&world, "com.example.a", 1, "a");
    assert_eq!(put(&world, world.ws, &first, false).await, PackagePut::Kept(Box::new(first.clone()), None));
    let address = world.ports.secrets.package_address(first.id).hash();
    assert_eq!(world.store.find_package(address).await.unwrap(), Some((world.ws, first.clone())));
    world.pass(1);
    let second = package(&world, "com.example.a", 2, "a");
    let kept = AppPackage { id: first.id, ..second.clone() };
    assert_eq!(
        put(&world, world.ws, &second, false).await,
        PackagePut::Kept(Box::new(kept.clone()), Some(Box::new(first)))
    );
    assert_eq!(world.store.find_package(address).await.unwrap(), Some((world.ws, kept.clone())));
    let unused = world.ports.secrets.package_address(second.id).hash();
    assert_eq!(world.store.find_package(unused).await.unwrap(), None, "codes that are out go on");
    assert_eq!(world.store.packages(world.ws).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(world.store.package(world.ws, "com.example.a").await.unwrap(), Some(kept.clone()));
    assert_eq!(world.store.package(world.ws, "com.example.b").await.unwrap(), None);
    assert_eq!(world.store.delete_package(world.ws, kept.id).await, Ok(kept.clone()));
    assert_eq!(world.store.find_package(address).await.unwrap(), None);
    assert_eq!(world.store.delete_package(world.ws, kept.id).await, Err(StoreError::NotFound));
}

pub async fn a_package_of_another_signer_is_kept_only_if_that_is_wanted_and_the_log_says_so(world: World) {
    let by = By::CommandLine { user: "root".into() };
    let store = world.store.acting(Act { by, from: None, at: world.now() });
    let (first, second) =
        (package(&world, "com.example.a", 1, "a"), package(&world, "com.example.a", 2, "b"));
    let address = world.ports.secrets.package_address(first.id).hash();
    let PackagePut::Kept(kept, None) =
        store.put_package(world.ws, &first, address, Meant::default()).await.unwrap()
    else {
        panic!("it was not kept");
    };
    assert_eq!(kept.uploaded_by.as_deref(), Some("root"));
    let refused = store.put_package(world.ws, &second, address, Meant::default()).await.unwrap();
    assert_eq!(refused, PackagePut::OtherSigner(kept.clone()));
    assert_eq!(store.packages(world.ws).await.unwrap(), [*kept], "and nothing was changed");
    let kept = store
        .put_package(world.ws, &second, address, Meant { other_signer: true, older: false })
        .await
        .unwrap();
    assert!(matches!(kept, PackagePut::Kept(new, Some(_)) if new.checksum == second.checksum));
    store.delete_package(world.ws, first.id).await.unwrap();
    let log = store.audit(world.ws, &AuditQuery::default()).await.unwrap();
    let done: Vec<Action> = log.rows.iter().map(|row| row.entry.action).collect();
    assert_eq!(done, [Action::PackageDeleted, Action::PackageUploaded, Action::PackageUploaded]);
    let changed = &log.rows[1].entry.changes;
    assert!(changed.iter().any(|c| c.field == "checksum" && c.before.is_some() && c.after.is_some()));
}

pub async fn an_older_package_is_kept_only_if_that_is_meant(world: World) {
    put(&world, world.ws, &package(&world, "com.example.a", 3, "a"), false).await;
    let older = package(&world, "com.example.a", 2, "a");
    assert!(
        matches!(put(&world, world.ws, &older, true).await, PackagePut::Older(kept) if kept.version_code == 3)
    );
    let address = world.ports.secrets.package_address(older.id).hash();
    let meant = Meant { other_signer: false, older: true };
    let kept = world.store.put_package(world.ws, &older, address, meant).await.unwrap();
    assert!(matches!(kept, PackagePut::Kept(new, Some(_)) if new.version_code == 2));
    let again = put(&world, world.ws, &older, false).await;
    assert!(matches!(again, PackagePut::Kept(..)), "the same one is no older one");
}

pub async fn a29_packages_of_another_workspace_are_not_there_and_a_name_is_free_in_each(world: World) {
    let ours = package(&world, "com.example.a", 1, "a");
    put(&world, world.ws, &ours, false).await;
    assert_eq!(world.store.packages(world.other).await.unwrap(), []);
    assert_eq!(world.store.package(world.other, "com.example.a").await.unwrap(), None);
    assert_eq!(world.store.delete_package(world.other, ours.id).await, Err(StoreError::NotFound));
    let theirs = package(&world, "com.example.a", 1, "b");
    assert_eq!(
        put(&world, world.other, &theirs, false).await,
        PackagePut::Kept(Box::new(theirs.clone()), None)
    );
    let address = world.ports.secrets.package_address(ours.id).hash();
    let taken = world
        .store
        .put_package(world.other, &package(&world, "com.example.b", 1, "b"), address, Meant::default())
        .await;
    assert_eq!(taken, Err(StoreError::Exists), "an address leads to one package");
    assert_eq!(world.store.find_package(address).await.unwrap(), Some((world.ws, ours)));
}

pub async fn there_are_as_many_packages_as_may_be_and_no_more(world: World) {
    for n in 0..MOST {
        let new = package(&world, &format!("com.example.n{n}"), 1, "a");
        assert!(matches!(put(&world, world.ws, &new, false).await, PackagePut::Kept(..)));
    }
    assert_eq!(
        put(&world, world.ws, &package(&world, "com.example.more", 1, "a"), false).await,
        PackagePut::Full
    );
    let next = package(&world, "com.example.n0", 2, "a");
    assert!(
        matches!(put(&world, world.ws, &next, false).await, PackagePut::Kept(_, Some(_))),
        "a new version is none more"
    );
}
