//! What can stand in one place of a form: read from a text, and written as one.

use super::form::Fault;

/// How a place of a form is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes, no, or left as it is.
    Flag,
    /// One of a few names.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A line of text.
    Text,
    /// An `https://` address.
    Address,
    /// A colour.
    Colour,
    /// Rows of their own.
    Rows(&'static [super::ColumnKind]),
    /// Nothing that a person types.
    Hidden,
}

/// A value of one place.
pub trait Cell: Sized {
    /// How it is filled in.
    const KIND: Kind;
    /// Whether something has to stand there.
    const REQUIRED: bool = true;
    /// From what was typed, without blanks around it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(text: &str) -> Result<Self, Fault>;
    /// As it would be typed.
    fn written(&self) -> String;
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;

    fn read(text: &str) -> Result<Self, Fault> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }

    fn written(&self) -> String {
        self.as_ref().map(T::written).unwrap_or_default()
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Flag;
    const REQUIRED: bool = false;

    fn read(text: &str) -> Result<Self, Fault> {
        match text {
            "yes" => Ok(true),
            "no" | "" => Ok(false),
            _ => Err(Fault::Choice),
        }
    }

    fn written(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

/// One of a few names.
pub trait Choice: Sized + Copy + 'static {
    /// All names, in the order in which they are offered.
    const NAMES: &'static [&'static str];
    /// Of that name.
    fn named(name: &str) -> Option<Self>;
    /// Its name.
    fn name(self) -> &'static str;
}

/// An enum whose variants have names.
macro_rules! choice {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$vdoc])* $variant),+ }

        impl $crate::configuration::cell::Choice for $type {
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl $crate::configuration::cell::Cell for $type {
            const KIND: $crate::configuration::cell::Kind =
                $crate::configuration::cell::Kind::Choice(<Self as $crate::configuration::cell::Choice>::NAMES);

            fn read(text: &str) -> Result<Self, $crate::configuration::form::Fault> {
                use $crate::configuration::cell::Choice;
                Self::named(text).ok_or($crate::configuration::form::Fault::Choice)
            }

            fn written(&self) -> String {
                $crate::configuration::cell::Choice::name(*self).to_owned()
            }
        }
    };
}
pub(super) use choice;

/// A text that is checked once, and cannot be made but from one that is right.
macro_rules! text {
    ($(#[$doc:meta])* $type:ident, $kind:expr, $fault:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $type(String);

        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::configuration::cell::Cell for $type {
            const KIND: $crate::configuration::cell::Kind = $kind;

            fn read(text: &str) -> Result<Self, $crate::configuration::form::Fault> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err($fault) }
            }

            fn written(&self) -> String {
                self.0.clone()
            }
        }
    };
}
pub(super) use text;
