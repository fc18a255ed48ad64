public import Documents
public import Kernel

/// Places of a disk that are read before and after a wipe.
public struct WipeSamples: Sendable {
    /// Of each, in bytes.
    public static let size = 4096
    /// Places that chance chooses.
    private static let random = 64

    /// What a place was found to be.
    public enum State: String, Hashable, Sendable {
        case zeros, unchanged, other, unreadable
    }

    public struct Sample: Hashable, Sendable {
        public let offset: UInt64
        /// Whether it had been all zeros; nil where it could not be read.
        public let wasZeros: Bool?
        public let now: State
    }

    private let before: [UInt64: [UInt8]?]

    /// Reads the first and last place of the device, what `interesting` names (old signatures and partitions' beginnings), and others by
    /// chance.
    public init(of volume: some VolumeSource, interesting: [UInt64]) {
        let pages = volume.sizeInBytes / UInt64(Self.size)
        var places = Set(interesting.map { $0 / UInt64(Self.size) }.filter { $0 < pages })
        if pages > 0 {
            places.formUnion([0, pages - 1])
            for _ in 0..<Self.random { places.insert(UInt64.random(in: 0..<pages)) }
        }
        var before: [UInt64: [UInt8]?] = [:]
        for page in places {
            let offset = page * UInt64(Self.size)
            before[offset] = .some(try? volume.read(at: offset, count: Self.size))
        }
        self.before = before
    }

    /// Reads them again: the caller has emptied the page cache.
    public func check(_ volume: some VolumeSource) -> [Sample] {
        before.sorted { $0.key < $1.key }.map { offset, old in
            let wasZeros = old.map { bytes in bytes.allSatisfy { $0 == 0 } }
            guard let now = try? volume.read(at: offset, count: Self.size), now.count == Self.size else {
                return Sample(offset: offset, wasZeros: wasZeros, now: .unreadable)
            }
            let state: State = now.allSatisfy { $0 == 0 } ? .zeros : now == old ? .unchanged : .other
            return Sample(offset: offset, wasZeros: wasZeros, now: state)
        }
    }
}

extension WipeGuarantee {
    /// Whether a place is as this promises. What was zeros tells nothing of an erasure.
    public func isKept(by sample: WipeSamples.Sample) -> Bool {
        switch self {
        case .metadata, .undefined: true
        case .zeros: sample.now == .zeros
        case .erased, .sanitized: sample.now != .unchanged
        }
    }
}

extension WipeSamples.Sample {
    public var document: JSONValue {
        ["offset": JSONValue(offset), "length": JSONValue(WipeSamples.size), "found": .string(now.rawValue)]
    }
}
