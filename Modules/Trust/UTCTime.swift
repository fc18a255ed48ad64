internal import Glibc

/// A second of UTC, as certificates and tokens name them.
public struct UTCTime: Hashable, Sendable, Comparable {
    /// POSIX time: without leap seconds.
    public let secondsSince1970: Int64

    public init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

    /// A date of the Gregorian calendar; nil where there is no such date (a 60th second is none), or its year is none of 1…9999.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second), day >= 1,
            day <= Self.length(ofMonth: month, in: year)
        else { return nil }
        // Years begin in March here, so that a leap day is a year's last.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        self.init(secondsSince1970: Int64(((days * 24 + hour) * 60 + minute) * 60 + second))
    }

    /// RFC 3339 in UTC, fractions of a second cut: `2021-09-03T21:25:44Z`.
    public init?(rfc3339 text: String) {
        var text = Array(text.utf8)
        guard text.count <= 40, text.popLast() == UInt8(ascii: "Z") else { return nil }
        if text.count > 19 {
            guard text[19] == UInt8(ascii: "."), text.count > 20, text[20...].allSatisfy(\.isDigit) else { return nil }
            text = Array(text[..<19])
        }
        guard text.count == 19, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = Self.number(text[0..<4]), let month = Self.number(text[5..<7]),
            let day = Self.number(text[8..<10]), let hour = Self.number(text[11..<13]),
            let minute = Self.number(text[14..<16]), let second = Self.number(text[17..<19])
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// What the machine's clock says (CLOCK_REALTIME): on a node that just started it may be years off.
    public static func current() -> UTCTime {
        var now = timespec()
        // SAFETY: the structure lives through the call; it cannot fail with this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return UTCTime(secondsSince1970: Int64(now.tv_sec))
    }

    /// So many seconds later; the first or last there is where that is beyond it.
    public func advanced(bySeconds seconds: Int64) -> UTCTime {
        let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
        return UTCTime(secondsSince1970: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    public static func < (left: UTCTime, right: UTCTime) -> Bool { left.secondsSince1970 < right.secondsSince1970 }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Digits, and nothing else.
    package static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension UTCTime: CustomStringConvertible {
    /// `2021-09-03T21:25:44Z`; a time that has no year of four digits as `@` and its seconds.
    public var description: String {
        guard secondsSince1970 >= -62_135_596_800, secondsSince1970 <= 253_402_300_799 else {
            return "@\(secondsSince1970)"
        }
        // Positive from here on: counted from 1 March of the year 0.
        let seconds = secondsSince1970 + 719_468 * 86_400
        let days = seconds / 86_400
        let rest = seconds % 86_400
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marched = (5 * dayOfYear + 2) / 153
        let month = marched < 10 ? marched + 3 : marched - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * marched + 2) / 5 + 1, 2))"
        return "\(date)T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }
}
