//! A comma-separated file as records with line numbers. Tolerant: any of comma, semicolon and tab, any line
//! ends, quoted line breaks, missing cells at the end, Excel's `sep=` line.

use csv::ReaderBuilder;

use crate::DeskError;

/// A header row and the records under it.
#[derive(Debug)]
pub struct Table {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// As an editor counts, from 1; the first line of a record that spans several.
    pub line: u32,
    /// As many as there are headers.
    pub cells: Vec<String>,
    /// Cells that are too many: a sign of a quote or separator gone wrong.
    pub extra: usize,
}

/// Reads the whole file. Fails only where there is nothing that could be a table.
pub fn read(text: &str) -> Result<Table, DeskError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(DeskError::new("not_a_table", "This is not a text file.")
            .hint("Save it as CSV (comma-separated values) and import that.")
            .field("text"));
    }
    let (declared, body) = declared_separator(text);
    let separator = declared.unwrap_or_else(|| sniff(body));
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes());
    let mut lines = LineCounter::new(text, text.len() - body.len());
    let mut headers: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        // Only unequal lengths and broken UTF-8 could fail, and neither can happen here.
        let record = record
            .map_err(|error| DeskError::new("not_a_table", format!("The file cannot be read: {error}.")))?;
        let at = record.position().map_or(0, |position| position.byte() as usize);
        let line = lines.line_of(text.len() - body.len() + at);
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        match &headers {
            None => headers = Some(cells),
            Some(names) => {
                let extra = cells
                    .iter()
                    .skip(names.len())
                    .filter(|cell| !cell.is_empty())
                    .count();
                let mut cells = cells;
                cells.resize(names.len(), String::new());
                rows.push(Row { line, cells, extra });
            }
        }
    }
    match headers {
        Some(headers) => Ok(Table { headers, rows }),
        None => Err(DeskError::new("empty_file", "The file is empty.")
            .hint("The first line names the columns, each line after it is one record.")
            .field("text")),
    }
}

/// Excel writes `sep=;` as a first line where the comma is taken by decimals.
fn declared_separator(text: &str) -> (Option<u8>, &str) {
    let first = text.lines().next().unwrap_or_default();
    let Some(declared) = first.trim().strip_prefix("sep=") else {
        return (None, text);
    };
    match declared.as_bytes() {
        [separator] => (
            Some(*separator),
            text[first.len()..].trim_start_matches(['\r', '\n']),
        ),
        _ => (None, text),
    }
}

/// The separator that divides the header row into most cells.
fn sniff(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => counts
                .iter_mut()
                .filter(|(separator, _)| *separator == byte)
                .for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // The first of equals: a comma.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(separator, _)| *separator)
}

/// Counts lines up to growing positions, as an editor does: `\n`, `\r\n` and a lone `\r` each end one.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str, from: usize) -> Self {
        let mut counter = LineCounter {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
        };
        counter.advance(from);
        counter
    }

    fn advance(&mut self, until: usize) {
        while self.at < until.min(self.bytes.len()) {
            let byte = self.bytes[self.at];
            let ends = byte == b'\n' || (byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n'));
            self.line += u32::from(ends);
            self.at += 1;
        }
    }

    /// The line of the first record byte at or after `position`: blank lines before it are passed over.
    fn line_of(&mut self, position: usize) -> u32 {
        self.advance(position);
        while matches!(self.bytes.get(self.at), Some(b'\n' | b'\r')) {
            self.advance(self.at + 1);
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u32, Vec<String>)> {
        read(text)
            .unwrap()
            .rows
            .into_iter()
            .map(|row| (row.line, row.cells))
            .collect()
    }

    #[test]
    fn line_numbers_are_those_of_an_editor() {
        let text = "a,b\r\n1,\"two\r\nlines\"\r\n\r\n\r\n3,4\r\n";
        assert_eq!(
            lines(text),
            [
                (2, vec!["1".to_owned(), "two\r\nlines".to_owned()]),
                (6, vec!["3".to_owned(), "4".to_owned()])
            ]
        );
        assert_eq!(lines("a,b\r1,2\r3,4")[1].0, 3);
        assert_eq!(lines("\n\na,b\n1,2")[0].0, 4);
    }

    #[test]
    fn separators_are_recognised_by_the_header() {
        for text in [
            "a;b\n1,5;2",
            "sep=;\na;b\n1,5;2",
            "a\tb\n1,5\t2",
            "a|b\n1,5|2",
            "\"x;y;z\",b\n\"1,5\",2",
        ] {
            assert_eq!(lines(text)[0].1, ["1,5", "2"], "{text}");
        }
        assert_eq!(lines("sep=;\na;b\n1;2")[0].0, 3);
        assert_eq!(lines("only\n1")[0].1, ["1"]);
    }

    #[test]
    fn short_rows_are_filled_and_long_ones_counted() {
        let table = read("a,b\n1\n1,2,,3\n").unwrap();
        assert_eq!(table.rows[0].cells, ["1", ""]);
        assert_eq!(table.rows[1].extra, 1);
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert_eq!(read("").unwrap_err().code, "empty_file");
        assert_eq!(read("PK\u{3}\u{4}\0\0").unwrap_err().code, "not_a_table");
    }
}
