internal import Documents

/// A key as Compute Engine keeps it: a line of authorized_keys, whose comment may be `google-ssh {"userName":…,"expireOn":…}`.
struct GCPKey {
    let line: String
    private let end: String?

    /// Nil where the line is longer than any key, or not of one.
    init?(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
        guard parts.count >= 2, line.utf8.count <= 16_384, !line.utf8.contains(where: { $0 < 0x20 || $0 > 0x7e }) else {
            return nil
        }
        self.line = line
        guard parts.count == 4, parts[2] == "google-ssh",
            let comment = try? JSONText.decode(JSONValue.self, from: Array(parts[3].utf8))
        else {
            end = nil
            return
        }
        end = comment["expireOn"]?.string
    }

    /// A time that cannot be read ends nothing, as with Google's own agent.
    func hasExpired(at now: Int64) -> Bool { end.flatMap(Self.seconds).map { $0 <= now } ?? false }

    /// RFC 3339, or with a zone without a colon: `2018-11-08T19:30:46+0000`. Seconds since 1970.
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        let marks: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard marks.allSatisfy({ bytes[$0.0] == $0.1.asciiValue }), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") {
            zone = zone.dropFirst().drop { (0x30...0x39).contains($0) }
        }
        var offset: Int64 = 0
        if zone != [UInt8(ascii: "Z")] {
            let digits = zone.dropFirst().filter { $0 != UInt8(ascii: ":") }
            guard let sign = zone.first, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(sign), digits.count == 4,
                digits.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let value = digits.map { Int64($0 - 0x30) }
            offset = ((value[0] * 10 + value[1]) * 60 + value[2] * 10 + value[3]) * 60
            if sign == UInt8(ascii: "-") { offset = -offset }
        }
        return days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    /// Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is their last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
