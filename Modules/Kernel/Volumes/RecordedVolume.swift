internal import Synchronization
internal import SystemPackage

/// What was read of a volume: enough to answer the same questions again.
public struct VolumeRecord: Hashable, Sendable {
    /// A reading that failed.
    public struct Failure: Hashable, Sendable {
        public let offset: UInt64
        public let count: Int
        public let error: OSError

        public init(offset: UInt64, count: Int, error: OSError) {
            self.offset = offset
            self.count = count
            self.error = error
        }
    }

    public var kept: SparseBytes
    public var failures: [Failure]

    public init(kept: SparseBytes, failures: [Failure] = []) {
        self.kept = kept
        self.failures = failures
    }
}

/// A source that keeps what is read through it.
///
/// What was read once is answered as it was then, so that a replay gives what the recorded answers were made of even where the
/// volume changes meanwhile.
public final class RecordingVolume: VolumeSource {
    private let source: any VolumeSource
    private let state: Mutex<VolumeRecord>
    public let sizeInBytes: UInt64

    public init(_ source: any VolumeSource) {
        self.source = source
        sizeInBytes = source.sizeInBytes
        state = Mutex(VolumeRecord(kept: SparseBytes(sizeInBytes: source.sizeInBytes)))
    }

    /// All that was read so far.
    public var record: VolumeRecord { state.withLock { $0 } }

    public func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        if let bytes = state.withLock({ $0.kept.read(at: offset, count: count) }) { return bytes }
        let fresh: [UInt8]
        do throws(OSError) {
            fresh = try source.read(at: offset, count: count)
        } catch {
            state.withLock { $0.failures.append(.init(offset: offset, count: count, error: error)) }
            throw error
        }
        return state.withLock { record in
            record.kept.insert(fresh, at: offset)
            // Where a piece of it was there before, that piece holds; a short reading has no other answer.
            return record.kept.read(at: offset, count: fresh.count) ?? fresh
        }
    }
}

/// A record that answers for the volume: what was never read fails with ``unrecorded``.
public struct ReplayVolume: VolumeSource {
    /// The errno of what the record does not hold, as of a replayed host's files.
    public static let unrecorded = OSError(operation: "replay", errno: .noData)

    public let record: VolumeRecord

    public init(_ record: VolumeRecord) { self.record = record }

    public var sizeInBytes: UInt64 { record.kept.sizeInBytes }

    public func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        if let bytes = record.kept.read(at: offset, count: count) { return bytes }
        if let failure = record.failures.first(where: { $0.offset == offset && $0.count == count }) {
            throw failure.error
        }
        throw Self.unrecorded
    }
}
