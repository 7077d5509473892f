//! What is inside a pack: zstd over CBOR, a list of `[table, [columns], [rows]]`; and `[chunk's number, bytes]` for the rest
//! of a document too long for one pack.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use rusqlite::types::Value;

use super::PackKind;
use super::form::{CHUNKS, Form};
use crate::StoreError;

/// A pack is closed when it probably has so many bytes.
const TARGET: usize = 320 * 1024;
/// … and never has more than these: what it travels in takes no more.
const LIMIT: usize = 700 * 1024;
/// Bytes of a document that are surely not too many for one pack.
const PIECE: usize = 256 * 1024;
/// Unpacked, a pack has at most so many bytes: what a damaged or hostile one may cost.
const UNPACKED_LIMIT: usize = 64 * 1024 * 1024;
/// Fast, and within a few percent of what slower levels make of it.
const LEVEL: i32 = 3;
/// Table number of a document's continuation.
const CONTINUED: usize = usize::MAX;

/// Where packs go.
pub(super) type Sink<'s> = &'s mut dyn FnMut(PackKind, Vec<u8>) -> Result<(), StoreError>;

/// Gathers rows into packs.
pub(super) struct Packer<'s> {
    forms: &'s [Form],
    sink: Sink<'s>,
    rows: Vec<(usize, Vec<Value>)>,
    weight: usize,
    pub kind: PackKind,
    pub counts: Vec<u64>,
}

impl<'s> Packer<'s> {
    pub fn new(forms: &'s [Form], sink: Sink<'s>) -> Packer<'s> {
        Packer {
            forms,
            sink,
            rows: Vec::new(),
            weight: 0,
            kind: PackKind::Today,
            counts: vec![0; forms.len()],
        }
    }

    /// Adds a row of the table with this number.
    pub fn add(&mut self, table: usize, mut row: Vec<Value>) -> Result<(), StoreError> {
        self.counts[table] += 1;
        let mut rest = Vec::new();
        if self.forms[table].table == CHUNKS
            && let [Value::Integer(chunk), Value::Blob(bytes)] = &mut row[..]
            && bytes.len() > PIECE
        {
            let more = bytes.split_off(PIECE);
            rest = more
                .chunks(PIECE)
                .map(|piece| vec![Value::Integer(*chunk), Value::Blob(piece.to_vec())])
                .collect();
        }
        self.push(table, row)?;
        for piece in rest {
            self.push(CONTINUED, piece)?;
        }
        Ok(())
    }

    fn push(&mut self, table: usize, row: Vec<Value>) -> Result<(), StoreError> {
        self.weight += row.iter().map(weight).sum::<usize>();
        self.rows.push((table, row));
        if self.weight >= TARGET {
            self.close()?;
        }
        Ok(())
    }

    /// Ends the pack that is being filled; what follows is of another kind.
    pub fn turn_to(&mut self, kind: PackKind) -> Result<(), StoreError> {
        self.close()?;
        self.kind = kind;
        Ok(())
    }

    pub fn close(&mut self) -> Result<(), StoreError> {
        self.weight = 0;
        let rows = std::mem::take(&mut self.rows);
        self.send(&rows)
    }

    /// Guessing how well it packs can be wrong: then it is halved.
    fn send(&mut self, rows: &[(usize, Vec<Value>)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let packed = zstd::bulk::compress(&encode(self.forms, rows), LEVEL)
            .map_err(|error| StoreError::Io(format!("packing failed: {error}")))?;
        if packed.len() > LIMIT && rows.len() > 1 {
            let (first, second) = rows.split_at(rows.len() / 2);
            self.send(first)?;
            return self.send(second);
        }
        (self.sink)(self.kind, packed)
    }
}

/// Bytes that a value will have when packed, about.
fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 3,
        Value::Text(text) => 1 + text.len() / 6,
        // Documents are compressed already, ids are random.
        Value::Blob(bytes) => 1 + bytes.len(),
    }
}

fn encode(forms: &[Form], rows: &[(usize, Vec<Value>)]) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(rows.len() * 64));
    encode_into(&mut encoder, forms, rows).expect("writing to memory does not fail");
    encoder.into_writer()
}

fn encode_into(
    encoder: &mut Encoder<Vec<u8>>,
    forms: &[Form],
    rows: &[(usize, Vec<Value>)],
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    encoder.begin_array()?;
    for section in rows.chunk_by(|(a, _), (b, _)| a == b) {
        let table = section[0].0;
        if table == CONTINUED {
            for (_, row) in section {
                encoder.array(row.len() as u64)?;
                for value in row {
                    encode_value(encoder, value)?;
                }
            }
            continue;
        }
        let form = &forms[table];
        encoder.array(3)?.str(form.table)?;
        encoder.array(form.columns.len() as u64)?;
        for column in &form.columns {
            encoder.str(column)?;
        }
        encoder.array((section.len() * form.columns.len()) as u64)?;
        for value in section.iter().flat_map(|(_, row)| row) {
            encode_value(encoder, value)?;
        }
    }
    encoder.end()?;
    Ok(())
}

fn encode_value(
    encoder: &mut Encoder<Vec<u8>>,
    value: &Value,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    match value {
        Value::Null => encoder.null()?,
        Value::Integer(number) => encoder.i64(*number)?,
        Value::Real(number) => encoder.f64(*number)?,
        Value::Text(text) => encoder.str(text)?,
        Value::Blob(bytes) => encoder.bytes(bytes)?,
    };
    Ok(())
}

/// A pack's content, taken apart: what needs no file, so that another thread can do it.
pub struct Unpacked(pub(super) Vec<Section>);

/// Some rows of one table, or the rest of a document's chunk.
pub(super) enum Section {
    Rows {
        table: String,
        columns: Vec<String>,
        /// All rows' values, one row after the other.
        values: Vec<Value>,
    },
    Continued {
        chunk: i64,
        bytes: Vec<u8>,
    },
}

fn bad(detail: impl std::fmt::Display) -> StoreError {
    StoreError::Unfit(format!("a pack of the snapshot cannot be read: {detail}"))
}

/// Reads what [`super::SnapshotSource::write`] handed out.
///
/// # Errors
/// If it is not a pack.
pub fn unpack(packed: &[u8]) -> Result<Unpacked, StoreError> {
    let plain = zstd::bulk::decompress(packed, UNPACKED_LIMIT).map_err(bad)?;
    let mut decoder = Decoder::new(&plain);
    let mut sections = Vec::new();
    decoder.array().map_err(bad)?;
    while decoder.datatype().map_err(bad)? != Type::Break {
        sections.push(section(&mut decoder)?);
    }
    Ok(Unpacked(sections))
}

fn section(decoder: &mut Decoder<'_>) -> Result<Section, StoreError> {
    let length = |decoder: &mut Decoder<'_>| {
        decoder
            .array()
            .map_err(bad)?
            .ok_or_else(|| bad("a list without length"))
    };
    match length(decoder)? {
        2 => Ok(Section::Continued {
            chunk: decoder.i64().map_err(bad)?,
            bytes: decoder.bytes().map_err(bad)?.to_vec(),
        }),
        3 => {
            let table = decoder.str().map_err(bad)?.to_owned();
            let columns = (0..length(decoder)?)
                .map(|_| decoder.str().map(str::to_owned).map_err(bad))
                .collect::<Result<Vec<_>, _>>()?;
            let values = (0..length(decoder)?)
                .map(|_| value(decoder))
                .collect::<Result<Vec<_>, _>>()?;
            if columns.is_empty() || values.len() % columns.len() != 0 {
                return Err(bad("rows of unequal length"));
            }
            Ok(Section::Rows {
                table,
                columns,
                values,
            })
        }
        other => Err(bad(format!("a section of {other} parts"))),
    }
}

fn value(decoder: &mut Decoder<'_>) -> Result<Value, StoreError> {
    Ok(match decoder.datatype().map_err(bad)? {
        Type::Null => {
            decoder.null().map_err(bad)?;
            Value::Null
        }
        Type::F64 => Value::Real(decoder.f64().map_err(bad)?),
        Type::String => Value::Text(decoder.str().map_err(bad)?.to_owned()),
        Type::Bytes => Value::Blob(decoder.bytes().map_err(bad)?.to_vec()),
        _ => Value::Integer(decoder.i64().map_err(bad)?),
    })
}
