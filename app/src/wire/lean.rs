//! Reads JSON with serde and as little code as can be: in the WebAssembly, derived reading is larger than most pages.
//!
//! A struct is taken from an object alone. serde_json would also take one from an array, and the code for that, which no
//! answer of ours needs, is a third of all. And what is wrong is not put into words: a page whose server writes what it
//! cannot read can only be loaded again, so that the texts about it, and the code that makes them, are for nobody.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use std::fmt;

/// It is not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Forgets what serde_json says.
fn inward<E>(_: E) -> Unreadable {
    Unreadable
}

/// What serde_json wants to hear.
fn outward<E: Error>(why: Unreadable) -> E {
    E::custom(why)
}

/// Reads JSON.
///
/// # Errors
/// It is no JSON, another value, or more than one.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Unreadable> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = T::deserialize(Lean(&mut reader))?;
    reader.end().map_err(inward)?;
    Ok(value)
}

/// What reads, or what is read with, and everything inside.
struct Lean<D>(D);

/// What takes a struct, from an object.
struct Object<V>(V);

macro_rules! read {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.0.$method(Lean(visitor)).map_err(inward)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lean<D> {
    type Error = Unreadable;

    read! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
        deserialize_option deserialize_seq
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.deserialize_unit_struct(name, Lean(visitor)).map_err(inward)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.deserialize_newtype_struct(name, Lean(visitor)).map_err(inward)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.deserialize_tuple(len, Lean(visitor)).map_err(inward)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.deserialize_tuple_struct(name, len, Lean(visitor)).map_err(inward)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.deserialize_map(Object(visitor)).map_err(inward)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.deserialize_enum(name, variants, Lean(visitor)).map_err(inward)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Lean(map)).map_err(outward)
    }
}

macro_rules! take {
    ($($method:ident($type:ty))*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value).map_err(outward)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Lean<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another value")
    }

    take! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) visit_borrowed_str(&'de str)
        visit_string(String)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit().map_err(outward)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none().map_err(outward)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Lean(inner)).map_err(outward)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Lean(inner)).map_err(outward)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Lean(seq)).map_err(outward)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Lean(map)).map_err(outward)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Lean(data)).map_err(outward)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Lean<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lean(inner)).map_err(outward)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Lean<A> {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.0.next_element_seed(Lean(seed)).map_err(inward)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Lean<A> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        self.0.next_key_seed(Lean(seed)).map_err(inward)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        self.0.next_value_seed(Lean(seed)).map_err(inward)
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Lean<A> {
    type Error = Unreadable;
    type Variant = Lean<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Unreadable> {
        let (value, variant) = self.0.variant_seed(Lean(seed)).map_err(inward)?;
        Ok((value, Lean(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Lean<A> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        self.0.unit_variant().map_err(inward)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        self.0.newtype_variant_seed(Lean(seed)).map_err(inward)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.tuple_variant(len, Lean(visitor)).map_err(inward)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.struct_variant(fields, Object(visitor)).map_err(inward)
    }
}

#[cfg(test)]
mod tests {
    use super::from_str;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Plain,
        Of(Vec<u8>),
        Pair(u8, String),
        With { a: i64, b: Option<bool> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Id(String);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Whole {
        id: Id,
        kinds: Vec<Kind>,
        pair: (u8, f64),
        map: BTreeMap<String, Option<Id>>,
        #[serde(default)]
        more: Option<Box<Whole>>,
    }

    #[test]
    fn what_serde_json_writes_is_read_back_and_an_array_is_no_struct() {
        let one = |more| Whole {
            id: Id("a \"b\" я".into()),
            kinds: vec![
                Kind::Plain,
                Kind::Of(vec![1]),
                Kind::Pair(2, "c".into()),
                Kind::With { a: -1, b: None },
            ],
            pair: (3, 0.5),
            map: BTreeMap::from([("x".to_owned(), None), ("y".to_owned(), Some(Id("z".into())))]),
            more,
        };
        let whole = one(Some(Box::new(one(None))));
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(from_str::<Whole>(&json).unwrap(), whole);
        assert_eq!(from_str::<Result<u8, String>>(r#"{"Err":"no"}"#).unwrap(), Err("no".to_owned()));
        assert!(from_str::<Whole>(r#"["a", [], [1, 2], {}]"#).is_err());
        assert!(from_str::<u8>("1 2").is_err(), "nothing may stand behind it");
    }
}
