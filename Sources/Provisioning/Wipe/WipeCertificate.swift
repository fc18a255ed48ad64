public import BlockDevices
public import Documents
internal import Kernel

/// What was done to a disk, and what was found afterwards: the answer of `disk wipe`.
public struct WipeCertificate: Sendable {
    public enum Result: String, Hashable, Sendable {
        /// All was done, and all checks hold.
        case complete
        case failed
        /// It was ended before its end.
        case cancelled
        /// Nobody waits any more, and the device goes on sanitizing itself.
        case sanitizing
    }

    public let plan: WipePlan
    public internal(set) var result = Result.failed
    /// Places that could not be erased, or are not as the guarantee has it.
    public internal(set) var failures: [EraseFailure] = []
    /// What ended it, where no place did.
    public internal(set) var error: String?
    public internal(set) var samples: [WipeSamples.Sample] = []
    public internal(set) var wiped: [ProbeReport.Signature] = []
    /// Calls of write(2), those of the method not counted.
    public internal(set) var writes = 0
    public internal(set) var partitionsRemoved = 0
    public internal(set) var duration = Duration.zero
    /// Of the method alone, where it came to its end.
    public internal(set) var eraseDuration: Duration?
    /// Bytes of the method, of a cancelled one.
    public internal(set) var bytesDone: UInt64 = 0

    init(_ plan: WipePlan) { self.plan = plan }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .number((duration.inSeconds * 1_000).rounded() / 1_000)
    }

    /// - Parameters:
    ///   - tool: the program and its version.
    ///   - started: RFC 3339.
    public func document(tool: String, started: String) -> JSONValue {
        [
            "kind": "wipe-certificate", "applied": true, "tool": .string(tool), "started": .string(started),
            "duration_seconds": Self.seconds(duration),
            "erase_seconds": eraseDuration.map(Self.seconds) ?? .null, "device": plan.disk.identity,
            "requested": .string(plan.requested.rawValue), "method": .string(plan.operation.rawValue),
            "guarantee": .string(plan.operation.guarantee.rawValue), "offers": plan.offers.document,
            "result": .string(result.rawValue), "error": JSONValue(error),
            "failures": .array(
                failures.map {
                    [
                        "offset": JSONValue($0.range.lowerBound),
                        "length": JSONValue($0.range.upperBound - $0.range.lowerBound), "message": .string($0.reason),
                    ]
                }),
            "bytes_done": JSONValue(bytesDone), "writes": JSONValue(writes),
            "signatures_wiped": .array(wiped.map(\.document)), "partitions_removed": JSONValue(partitionsRemoved),
            "samples": .array(samples.map(\.document)),
        ]
    }
}
