/// Rows for people: columns aligned, a dash where there is nothing, no colour.
struct Table {
    private var rows: [[String]]

    init(_ header: String...) { rows = [header] }

    mutating func add(_ cells: String?...) { rows.append(cells.map { $0.flatMap { $0.isEmpty ? nil : $0 } ?? "-" }) }

    var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingTrailingSpaces
        }.joined(separator: "\n")
    }
}

extension String {
    var trimmingTrailingSpaces: String { String(reversed().drop { $0 == " " }.reversed()) }

    /// `8.0 GiB`: powers of 1,024.
    static func size(_ bytes: UInt64) -> String {
        var value = Double(bytes)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] {
            if value < 1_024 || unit == "PiB" { return unit == "B" ? "\(bytes) B" : "\(value.tenths) \(unit)" }
            value /= 1_024
        }
        return "\(bytes) B"
    }
}

extension Double {
    /// With one digit after the point.
    var tenths: String { fixed(1) }
    /// With three: milliseconds of seconds.
    var thousandths: String { fixed(3) }

    private func fixed(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(Int64(1)) { value, _ in value * 10 }
        let product = (self * Double(scale)).rounded()
        // A record that was read may say any number, and one beyond an integer's range must not trap here.
        guard let scaled = Int64(exactly: product), scaled != .min else { return "\(self)" }
        let fraction = String(abs(scaled) % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / scale).\(zeros)\(fraction)"
    }
}
