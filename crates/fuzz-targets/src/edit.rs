//! Changes to DER as the fuzzer's bytes say: elements are retagged, filled, taken out, doubled, moved and wrapped, and all
//! lengths around them are right again, so that readers get as far as the change.

use muster_pki::asn1::{Reader, write};

/// The most changes to one message.
const MOST: usize = 12;

/// The fuzzer's bytes, taken from the front; zeros when there are no more.
pub struct Tape<'a>(pub &'a [u8]);

impl<'a> Tape<'a> {
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    pub fn number(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// As many as their first byte says.
    pub fn some(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte());
        self.take(count)
    }

    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}

#[derive(Clone)]
enum Inside {
    Bytes(Vec<u8>),
    Elements(Vec<Node>),
}

#[derive(Clone)]
struct Node {
    tag: u8,
    inside: Inside,
}

fn parse(bytes: &[u8]) -> Option<Vec<Node>> {
    let (mut reader, mut list) = (Reader::new(bytes), Vec::new());
    while !reader.is_empty() {
        let element = reader.any("an element").ok()?;
        let elements = if element.tag & 0x20 == 0 { None } else { parse(element.content) };
        let inside = elements.map_or_else(|| Inside::Bytes(element.content.to_vec()), Inside::Elements);
        list.push(Node { tag: element.tag, inside });
    }
    Some(list)
}

fn write(list: &[Node]) -> Vec<u8> {
    let one = |node: &Node| match &node.inside {
        Inside::Bytes(bytes) => write::element(node.tag, &[bytes]),
        Inside::Elements(list) => write::element(node.tag, &[&write(list)]),
    };
    list.iter().flat_map(one).collect()
}

fn count(list: &[Node]) -> usize {
    let one = |node: &Node| match &node.inside {
        Inside::Bytes(_) => 1,
        Inside::Elements(list) => 1 + count(list),
    };
    list.iter().map(one).sum()
}

/// Applies `change` to the list that holds the element with that number, counted from the outside in.
fn at(list: &mut Vec<Node>, number: &mut usize, change: &mut dyn FnMut(&mut Vec<Node>, usize)) -> bool {
    for i in 0..list.len() {
        if *number == 0 {
            change(list, i);
            return true;
        }
        *number -= 1;
        if let Inside::Elements(inner) = &mut list[i].inside
            && at(inner, number, change)
        {
            return true;
        }
    }
    false
}

fn change(list: &mut Vec<Node>, i: usize, tape: &mut Tape<'_>) {
    match tape.byte() % 10 {
        0 => list[i].tag = tape.byte(),
        1 => list[i].inside = Inside::Bytes(tape.some().to_vec()),
        2 => drop(list.remove(i)),
        3 => list.insert(i, list[i].clone()),
        4 => {
            let other = (i + 1) % list.len();
            list.swap(i, other);
        }
        5 => {
            let (tag, inside) = (tape.byte(), Inside::Elements(vec![list[i].clone()]));
            list[i] = Node { tag, inside };
        }
        6 => {
            let (tag, inside) = (tape.byte(), Inside::Bytes(tape.some().to_vec()));
            list.insert(i, Node { tag, inside });
        }
        kind => {
            let (place, value) = (tape.number(), tape.byte());
            let Inside::Bytes(bytes) = &mut list[i].inside else { return };
            let place = place % bytes.len().max(1);
            match kind {
                7 => bytes.truncate(place),
                8 => bytes.insert(place, value),
                _ => bytes.iter_mut().skip(place).take(1).for_each(|b| *b = value),
            }
        }
    }
}

/// The message with the tape's changes: their number, then one after the other.
pub fn edited(message: &[u8], tape: &mut Tape<'_>) -> Vec<u8> {
    let changes = usize::from(tape.byte()) % MOST;
    let Some(mut list) = parse(message) else { return message.to_vec() };
    for _ in 0..changes {
        let mut number = tape.number() % count(&list).max(1);
        at(&mut list, &mut number, &mut |list, i| change(list, i, tape));
    }
    write(&list)
}

/// The message with single bytes changed, wherever they are.
pub fn smashed(message: &[u8], tape: &mut Tape<'_>) -> Vec<u8> {
    let mut out = message.to_vec();
    for _ in 0..usize::from(tape.byte()) % MOST {
        let (place, value) = (tape.number() % out.len().max(1), tape.byte());
        match tape.byte() % 4 {
            0 => out.truncate(place),
            1 => out.insert(place, value),
            2 => drop(out.drain(place..out.len().min(place + usize::from(value)))),
            _ => out.iter_mut().skip(place).take(1).for_each(|b| *b = value),
        }
    }
    out
}
