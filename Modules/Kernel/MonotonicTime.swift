internal import CKernel
internal import Glibc

/// A point on `CLOCK_MONOTONIC`, which starts with the kernel and is never set.
public struct MonotonicTime: Hashable, Sendable, Comparable, Codable {
    /// Nanoseconds since the kernel's start.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func now() -> MonotonicTime {
        var time = timespec()
        // CLOCK_MONOTONIC cannot fail on Linux.
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Seconds since the kernel's start.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// `self` moved by `duration`, saturating: "for ever" is a deadline too.
    public func advanced(by duration: Duration) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.inNanoseconds)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// From `other` to `self`.
    public func since(_ other: MonotonicTime) -> Duration {
        .nanoseconds(nanoseconds.subtractingReportingOverflow(other.nanoseconds).partialValue)
    }
}

extension Duration {
    /// The whole of it in nanoseconds, saturating at `Int64.max`.
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || overflowToo ? (seconds < 0 ? .min : .max) : sum
    }

    /// In seconds, for people and JSON.
    public var inSeconds: Double { Double(inNanoseconds) / 1e9 }
}

/// When a wait ends whatever happens. Every wait has one.
public struct Deadline: Hashable, Sendable {
    public let time: MonotonicTime

    public init(at time: MonotonicTime) { self.time = time }
    public init(in duration: Duration) { time = MonotonicTime.now().advanced(by: duration) }

    public var hasPassed: Bool { MonotonicTime.now() >= time }

    /// What is left; zero once it has passed.
    public var remaining: Duration { max(.zero, time.since(.now())) }

    /// What is left as poll(2) takes it: rounded up, so that a wake is never early, within `Int32`.
    public var pollTimeout: Int32 {
        let milliseconds = (remaining.inNanoseconds / 1_000_000).addingReportingOverflow(1)
        return hasPassed ? 0 : Int32(clamping: milliseconds.overflow ? .max : milliseconds.partialValue)
    }

    /// Returns once it has passed.
    public func sleep() {
        // Signals end poll early.
        while !hasPassed { _ = poll(nil, 0, pollTimeout) }
    }

    /// The earlier of two.
    public func earlier(_ other: Deadline) -> Deadline { time < other.time ? self : other }
}
