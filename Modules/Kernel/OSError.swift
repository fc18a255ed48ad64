internal import Glibc
public import SystemPackage

/// A failed system call.
public struct OSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, in kernel terms: `"openat"`, `"mount"`.
    public let operation: String
    /// The value of `errno` immediately after the call.
    public let errno: Errno
    /// The path, device or interface concerned, when there is one.
    public let subject: String?

    public init(operation: String, errno: Errno, subject: String? = nil) {
        self.operation = operation
        self.errno = errno
        self.subject = subject
    }

    /// The kernel's own words for the number: `"No such file or directory"`.
    public var reason: String { errno.description }

    public var description: String {
        subject.map { "\(operation) \($0): \(reason)" } ?? "\(operation): \(reason)"
    }
}

/// Runs `body` until it stops failing with `EINTR`; captures `errno` before anything else can run.
///
/// Never for `close(2)`: on Linux the descriptor is gone whatever it answers.
@inline(never)
@discardableResult
package func systemCall<Result: FixedWidthInteger>(
    _ operation: StaticString, on subject: @autoclosure () -> String? = nil, _ body: () -> Result
) throws(OSError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = Errno(rawValue: Glibc.errno)
        if code != .interrupted { throw OSError(operation: "\(operation)", errno: code, subject: subject()) }
    }
}
