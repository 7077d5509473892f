//! Paper: what the practice's records look like as sheets, and the commands that print them. Laying out is `paper`'s.

pub(crate) mod day_clock;
mod letters;
pub(crate) mod sealing;
mod sheets;
mod visits;

use data_encoding::BASE64;
use paper::Book;

pub(crate) use letters::Letters;
pub(crate) use sheets::Printer;

use crate::DeskError;
use crate::api::{PaperSize, PrintBy, PrintRequest, PrintedFile};
use crate::desk::Desk;
use crate::read;

/// What of a location is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choice {
    pub by: PrintBy,
    pub operatories: Vec<clinic::OperatoryId>,
    pub providers: Vec<clinic::ProviderId>,
    pub is_private: bool,
}

impl Choice {
    fn of(request: &PrintRequest) -> Choice {
        Choice {
            by: request.by.unwrap_or_default(),
            operatories: request.operatories.clone(),
            providers: request.providers.clone(),
            is_private: request.is_private,
        }
    }
}

pub(crate) fn size(paper: PaperSize) -> paper::PaperSize {
    match paper {
        PaperSize::A4 => paper::PaperSize::A4,
        PaperSize::Letter => paper::PaperSize::Letter,
    }
}

/// Puts one sheet into a book.
type Fill = Box<dyn FnOnce(&mut Book<'_>)>;

impl Desk {
    pub fn print_day_sheet(&self, request: PrintRequest) -> Result<PrintedFile, DeskError> {
        self.print(&request, "day-sheet", "Day sheet", |printer, date| {
            let sheet = printer.day(request.location, date)?;
            let visits = sheet.columns.iter().map(|column| column.visits.len()).sum();
            Ok((
                visits,
                Box::new(move |book| {
                    book.add_day(&sheet);
                }),
            ))
        })
    }

    pub fn print_week(&self, request: PrintRequest) -> Result<PrintedFile, DeskError> {
        self.print(&request, "week", "Week", |printer, date| {
            let sheet = printer.week(request.location, date)?;
            let lines = sheet.rows.iter().flat_map(|row| row.days.iter().flatten());
            let visits = lines.filter(|line| !line.is_block).count();
            Ok((
                visits,
                Box::new(move |book| {
                    book.add_week(&sheet);
                }),
            ))
        })
    }

    pub fn print_route_slips(&self, request: PrintRequest) -> Result<PrintedFile, DeskError> {
        self.print(&request, "route-slips", "Route slips", |printer, date| {
            let sheet = printer.slips(request.location, date)?;
            let visits = sheet.slips.len();
            Ok((
                visits,
                Box::new(move |book| {
                    book.add_slips(&sheet);
                }),
            ))
        })
    }

    /// Gathers with the store in hand, draws without it.
    fn print(
        &self,
        request: &PrintRequest,
        stem: &str,
        title: &str,
        gather: impl FnOnce(&Printer<'_>, jiff::civil::Date) -> Result<(usize, Fill), DeskError>,
    ) -> Result<PrintedFile, DeskError> {
        self.may_see(request.location)?;
        let date = read::date(&request.date, "date")?;
        self.check_day_has_arrived(date)?;
        let letters = Letters::default();
        let by = self.printed_by();
        let (visits, fill) = self.reading(|reading| {
            let printer = Printer::new(reading, &letters, Choice::of(request), &by);
            gather(&printer, date)
        })?;
        let mut book = Book::new(
            &format!("{title}, {}", date.strftime("%-d %B %Y")),
            size(request.paper.unwrap_or_default()),
            letters.fonts(),
        );
        fill(&mut book);
        Ok(PrintedFile {
            file_name: format!("{stem}-{date}.pdf"),
            pdf: BASE64.encode(&book.pdf()),
            pages: u32::try_from(book.pages()).unwrap_or(u32::MAX),
            visits: u32::try_from(visits).unwrap_or(u32::MAX),
        })
    }

    /// Who stands at the printer.
    fn printed_by(&self) -> String {
        let roster = self.roster();
        let person = roster.people.get(&self.person());
        person.map(|person| person.name.clone()).unwrap_or_default()
    }
}
