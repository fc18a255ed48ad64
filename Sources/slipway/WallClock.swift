import Glibc

/// The time of day, for names of files.
enum WallClock {
    /// `20261125T181500Z`
    static var compact: String { text(date: "", time: "") }
    /// `2026-11-25T18:15:00Z` (RFC 3339)
    static var full: String { text(date: "-", time: ":") }

    private static func text(date dash: String, time colon: String) -> String {
        var seconds = time(nil)
        var parts = unsafe tm()
        // SAFETY: both live through the call.
        unsafe gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        let date = unsafe "\(parts.tm_year + 1900)" + dash + two(parts.tm_mon + 1) + dash + two(parts.tm_mday)
        return unsafe date + "T" + two(parts.tm_hour) + colon + two(parts.tm_min) + colon + two(parts.tm_sec) + "Z"
    }
}
