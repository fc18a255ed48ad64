internal import CKernel
internal import Glibc
public import SystemPackage

/// A file descriptor that has exactly one owner and is closed when that owner goes away.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// Valid only while `self` is alive; never store it.
    public let rawValue: Int32

    /// Takes over `rawValue`; the caller must not close it.
    public init(adopting rawValue: Int32) { self.rawValue = rawValue }

    deinit { _ = close(rawValue) }

    /// Gives the descriptor up without closing it.
    public consuming func release() -> Int32 {
        let descriptor = rawValue
        discard self
        return descriptor
    }

    /// open(2), close-on-exec always.
    public static func open(_ path: FilePath, _ flags: Int32, mode: UInt32 = 0) throws(OSError) -> OwnedDescriptor {
        let text = path.string
        return OwnedDescriptor(adopting: try systemCall("open", on: text) { unsafe sw_open(text, flags, mode) })
    }

    /// dup(2) with close-on-exec.
    public func duplicate() throws(OSError) -> OwnedDescriptor {
        OwnedDescriptor(adopting: try systemCall("fcntl(F_DUPFD_CLOEXEC)") { sw_fcntl(rawValue, F_DUPFD_CLOEXEC, 0) })
    }

    /// One read(2) of at most `limit` bytes; empty at the end of the file.
    public func readOnce(limit: Int, subject: String? = nil) throws(OSError) -> [UInt8] {
        let outcome = Result<[UInt8], any Error> {
            try unsafe Array(unsafeUninitializedCapacity: max(0, limit)) { buffer, count in
                // SAFETY: at most `buffer.count` bytes are written into the buffer, which lives through the call.
                count = try systemCall("read", on: subject) { unsafe read(rawValue, buffer.baseAddress, buffer.count) }
            }
        }
        switch outcome {
        case .success(let bytes): return bytes
        case .failure(let error as OSError): throw error
        case .failure: throw OSError(operation: "read", errno: .ioError, subject: subject)
        }
    }

    /// Reads to the end, or until `limit` bytes are there.
    ///
    /// Ends at the first empty read: sysfs and procfs files have no true size, so it is never asked.
    public func readAll(limit: Int, subject: String? = nil) throws(OSError) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < limit {
            let piece = try readOnce(limit: min(limit - all.count, 65_536), subject: subject)
            if piece.isEmpty { break }
            all += piece
        }
        return all
    }

    /// write(2) until all of `bytes` is out.
    public func writeAll(_ bytes: [UInt8], subject: String? = nil) throws(OSError) {
        var done = 0
        while done < bytes.count {
            // SAFETY: `done` is below the count, and the rest of the array follows it.
            done += try systemCall("write", on: subject) {
                unsafe bytes.withUnsafeBytes { unsafe write(rawValue, $0.baseAddress! + done, $0.count - done) }
            }
        }
    }

    /// O_NONBLOCK on or off.
    public func setNonblocking(_ on: Bool) throws(OSError) {
        let flags = try systemCall("fcntl(F_GETFL)") { sw_fcntl(rawValue, F_GETFL, 0) }
        let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        try systemCall("fcntl(F_SETFL)") { sw_fcntl(rawValue, F_SETFL, wanted) }
    }
}
