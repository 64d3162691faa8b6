//! Tables in Markdown, with columns that line up for whoever reads the source.

/// A table; the first row is its head.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<Vec<String>>);

impl Table {
    pub(super) fn new(head: &[&str]) -> Self {
        Self(vec![head.iter().map(|cell| (*cell).to_owned()).collect()])
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.0.first().map_or(0, Vec::len);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.0.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for (number, row) in self.0.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if number == 0 {
                for (column, width) in widths.iter().enumerate() {
                    // The first column names, the others count.
                    let mark = if column == 0 { '-' } else { ':' };
                    write!(f, "|{}{mark}", "-".repeat(width + 1))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// As many digits as are worth reading.
pub(super) fn number(value: f64) -> String {
    match value {
        big if big >= 100.0 => format!("{big:.0}"),
        some if some >= 10.0 => format!("{some:.1}"),
        few if few >= 1.0 => format!("{few:.2}"),
        little => format!("{little:.3}"),
    }
}

/// One number as a share of another; a dash where there is none.
pub(super) fn ratio(one: f64, other: f64) -> String {
    if other > 0.0 {
        format!("{:.2}", one / other)
    } else {
        "–".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["what", "n"]);
        table.row(vec!["a".into(), number(1234.5)]);
        let wanted = "| what | n    |\n|------|-----:|\n| a    | 1234 |\n";
        assert_eq!(table.to_string(), wanted);
        assert_eq!(ratio(1.0, 2.0), "0.50");
        assert_eq!(ratio(1.0, 0.0), "–");
        assert_eq!(
            [12.34, 1.234, 0.1234].map(number),
            ["12.3", "1.23", "0.123"]
        );
    }
}
