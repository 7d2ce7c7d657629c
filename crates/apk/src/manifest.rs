//! `AndroidManifest.xml`: what the package calls itself, which Androids it is for, and its device administrator.

mod names;
mod strings;
mod xml;

use crate::Error;
use xml::{Document, Element, Node, Value};

/// Identifiers of attributes in Android's own resources (`android.R.attr`): by them, not by names, Android finds attributes.
mod attr {
    pub(super) const NAME: u32 = 0x0101_0003;
    pub(super) const PERMISSION: u32 = 0x0101_0006;
    pub(super) const ENABLED: u32 = 0x0101_000e;
    pub(super) const MIN_SDK_VERSION: u32 = 0x0101_020c;
    pub(super) const VERSION_CODE: u32 = 0x0101_021b;
    pub(super) const VERSION_NAME: u32 = 0x0101_021c;
    pub(super) const TARGET_SDK_VERSION: u32 = 0x0101_0270;
    pub(super) const VERSION_CODE_MAJOR: u32 = 0x0101_0576;
    pub(super) const IS_SPLIT_REQUIRED: u32 = 0x0101_0591;
    pub(super) const REQUIRED_SPLIT_TYPES: u32 = 0x0101_064e;
}

const BIND_DEVICE_ADMIN: &str = "android.permission.BIND_DEVICE_ADMIN";

/// What the manifest says.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) version_code: u64,
    pub(crate) version_name: Option<String>,
    pub(crate) min_sdk: u32,
    pub(crate) target_sdk: u32,
    pub(crate) admin_receiver: Option<String>,
}

impl Manifest {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut document = Document::parse(bytes)?;
        let (mut manifest, mut target, mut depth) = (Self { min_sdk: 1, ..Self::default() }, None, 0_u32);
        // Whether the element is in `application`, or is that.
        let mut in_application = false;
        while let Some(node) = document.next()? {
            let Node::Start(element) = node else {
                depth = depth.checked_sub(1).ok_or(Error::Manifest("its elements"))?;
                continue;
            };
            let tag = element.tag();
            if depth == 1 {
                in_application = tag == "application";
            }
            match (depth, tag.as_str()) {
                (0, "manifest") if manifest.name.is_empty() => manifest.read_root(&element)?,
                (0, _) => return Err(Error::Manifest("its first element")),
                (1, "uses-sdk") => {
                    manifest.min_sdk = sdk(&element, attr::MIN_SDK_VERSION)?.unwrap_or(manifest.min_sdk);
                    target = sdk(&element, attr::TARGET_SDK_VERSION)?.or(target);
                }
                (2, "receiver") if in_application && manifest.admin_receiver.is_none() => {
                    manifest.admin_receiver = admin(&element, &manifest.name)?;
                }
                _ => {}
            }
            depth += 1;
        }
        if depth != 0 || manifest.name.is_empty() {
            return Err(Error::Manifest("its elements"));
        }
        manifest.target_sdk = target.unwrap_or(manifest.min_sdk);
        Ok(manifest)
    }

    /// The element `manifest`.
    fn read_root(&mut self, root: &Element<'_>) -> Result<(), Error> {
        let needs_parts = root.android(attr::REQUIRED_SPLIT_TYPES)?.is_some()
            || root.android(attr::IS_SPLIT_REQUIRED)? == Some(Value::Boolean(true));
        if needs_parts || root.plain("split")?.is_some() {
            return Err(Error::Split);
        }
        let Some(Value::Text(name)) = root.plain("package")? else {
            return Err(Error::Manifest("the package's name"));
        };
        self.name = names::package(name)?;
        let low = number(root, attr::VERSION_CODE, "versionCode")?.unwrap_or(0);
        let high = number(root, attr::VERSION_CODE_MAJOR, "versionCodeMajor")?.unwrap_or(0);
        self.version_code = u64::from(high) << 32 | u64::from(low);
        self.version_name = match root.android(attr::VERSION_NAME)? {
            Some(Value::Text(name)) => Some(names::version(name)?),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        Ok(())
    }
}

/// A number that is not negative.
fn number(element: &Element<'_>, id: u32, what: &'static str) -> Result<Option<u32>, Error> {
    match element.android(id)? {
        None => Ok(None),
        Some(Value::Number(number)) => u32::try_from(number).map(Some).map_err(|_| Error::Manifest(what)),
        Some(_) => Err(Error::Manifest(what)),
    }
}

/// An API level. A codename stands for a version of Android that is not out yet: no phone of a company has it.
fn sdk(element: &Element<'_>, id: u32) -> Result<Option<u32>, Error> {
    number(element, id, "its SDK versions")
}

/// The receiver's component name, if it may be a device's administrator and is not switched off.
fn admin(receiver: &Element<'_>, package: &str) -> Result<Option<String>, Error> {
    let guarded =
        matches!(receiver.android(attr::PERMISSION)?, Some(Value::Text(p)) if p == BIND_DEVICE_ADMIN);
    let off = receiver.android(attr::ENABLED)? == Some(Value::Boolean(false));
    match receiver.android(attr::NAME)? {
        Some(Value::Text(class)) if guarded && !off => names::component(package, class).map(Some),
        _ => Ok(None),
    }
}
