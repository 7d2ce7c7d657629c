//! Android packages that a company gives to its phones. The files themselves lie in the data folder.

use super::Stored;
use crate::{PackageId, WorkspaceId, package::AppPackage, token::TokenHash};
use async_trait::async_trait;

/// What somebody has said is meant, though phones refuse such a package as the next version of the one that is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meant {
    /// It is signed by another key.
    pub other_signer: bool,
    /// It is an older version.
    pub older: bool,
}

/// What became of a package that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackagePut {
    /// It is kept, with its id, in the place of this one if there was one.
    Kept(Box<AppPackage>, Option<Box<AppPackage>>),
    /// Phones would refuse it as the next version of this one: it is signed by another key.
    OtherSigner(Box<AppPackage>),
    /// Phones would refuse it as the next version of this one: it is older.
    Older(Box<AppPackage>),
    /// There are as many as may be.
    Full,
}

/// Android packages.
#[async_trait]
pub trait PackageStore {
    /// All of them, by name.
    async fn packages(&self, workspace: WorkspaceId) -> Stored<Vec<AppPackage>>;
    /// The one of that name.
    async fn package(&self, workspace: WorkspaceId, name: &str) -> Stored<Option<AppPackage>>;
    /// Keeps one at an address; it takes the place of one with the same name, with its id and its address. What phones that
    /// have that one refuse is kept only if that is meant.
    async fn put_package(
        &self,
        workspace: WorkspaceId,
        package: &AppPackage,
        address: TokenHash,
        meant: Meant,
    ) -> Stored<PackagePut>;
    /// Deletes one; answers what it was.
    async fn delete_package(&self, workspace: WorkspaceId, id: PackageId) -> Stored<AppPackage>;
}
