internal import Kernel
internal import SystemPackage

/// How far something long is.
public struct EraseProgress: Hashable, Sendable {
    /// Bytes, or parts of 65,536 of a device's own work.
    public let done: UInt64
    public let total: UInt64
}

/// A place that could not be erased, and the kernel's reason.
public struct EraseFailure: Hashable, Sendable {
    public let range: Range<UInt64>
    public let reason: String

    public init(range: Range<UInt64>, reason: String) {
        self.range = range
        self.reason = reason
    }
}

/// A request of ranges over a whole device, piece by piece, so that it can be followed and ended; what fails is found to the sector.
struct RangeSweep {
    /// Places that fail, and requests that do, before the device is given up: each may take the device's own retries.
    static let mostFailures = 256
    static let mostAttempts = 4096

    let size: UInt64
    /// Of a logical sector, in bytes.
    let sector: UInt64
    /// Of one request, in bytes.
    let step: UInt64
    let request: (Range<UInt64>) throws(OSError) -> Void

    /// Returns what failed; the rest is done, unless there is too much of it.
    /// - Parameter progress: is told after each step, and false ends it.
    /// - Throws: ECANCELED where it was ended, and the device's error where it is gone, or has no such request.
    func run(_ progress: (EraseProgress) -> Bool) throws(OSError) -> [EraseFailure] {
        var failed = Failed()
        var place: UInt64 = 0
        while place < size {
            let range = place..<min(place + step, size)
            do throws(OSError) { try request(range) } catch {
                try Self.recognize(error)
                try narrow(range, by: max(sector, 1 << 20), &failed)
            }
            // Where it was given up, it was within the range.
            place = failed.isHopeless ? failed.place : range.upperBound
            guard progress(EraseProgress(done: place, total: size)) else {
                throw OSError(operation: "wipe", errno: .canceled)
            }
            if failed.isHopeless {
                let reason = "too many places fail: nothing was tried from here on"
                if place < size { failed.failures.append(EraseFailure(range: place..<size, reason: reason)) }
                break
            }
        }
        return failed.failures
    }

    /// What fails, place after place.
    private struct Failed {
        var failures: [EraseFailure] = []
        var attempts = 0
        /// Up to where it was tried.
        var place: UInt64 = 0

        var isHopeless: Bool { failures.count >= mostFailures || attempts >= mostAttempts }

        mutating func add(_ range: Range<UInt64>, _ reason: String) {
            if let last = failures.last, last.range.upperBound == range.lowerBound {
                failures[failures.count - 1] = EraseFailure(
                    range: last.range.lowerBound..<range.upperBound, reason: last.reason)
            } else {
                failures.append(EraseFailure(range: range, reason: reason))
            }
        }
    }

    /// Errors that are of the device, not of a place.
    private static func recognize(_ error: OSError) throws(OSError) {
        let ofTheDevice: [Errno] = [
            .noSuchAddressOrDevice, .operationNotSupportedByDevice, .notSupported, .badFileDescriptor,
            .invalidArgument, .permissionDenied, .notPermitted, .readOnlyFileSystem, .noMemory,
        ]
        if ofTheDevice.contains(error.errno) { throw error }
    }

    /// The request again, on smaller pieces of what failed: down to a sector.
    private func narrow(_ range: Range<UInt64>, by piece: UInt64, _ failed: inout Failed) throws(OSError) {
        var place = range.lowerBound
        while place < range.upperBound, !failed.isHopeless {
            let part = place..<min(place + piece, range.upperBound)
            do throws(OSError) {
                try request(part)
                failed.place = part.upperBound
            } catch {
                try Self.recognize(error)
                failed.attempts += 1
                if piece > sector {
                    try narrow(part, by: piece > 65_536 ? max(65_536, sector) : sector, &failed)
                } else {
                    failed.add(part, error.reason)
                    failed.place = part.upperBound
                }
            }
            place = part.upperBound
        }
    }
}
