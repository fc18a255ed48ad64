internal import Kernel
internal import Synchronization

/// Some bytes of the volume with their place. Every number in it is checked against its end.
struct VolumePiece: Hashable, Sendable {
    let bytes: [UInt8]
    /// Of the first byte, from the volume's start.
    let offset: UInt64
    /// What it is, for errors.
    let structure: VolumeError.Structure

    var count: Int { bytes.count }

    func error(_ problem: VolumeError.Problem, at position: Int = 0) -> VolumeError {
        VolumeError(problem, at: offset &+ UInt64(max(0, position)))
    }

    func invalid(at position: Int) -> VolumeError { error(.invalid(structure), at: position) }

    func byte(_ position: Int) throws(VolumeError) -> UInt8 {
        guard bytes.indices.contains(position) else { throw error(.beyondEnd(structure), at: position) }
        return bytes[position]
    }

    /// A number in little-endian order.
    private func little<Value: FixedWidthInteger>(
        _ position: Int, as type: Value.Type
    ) throws(VolumeError) -> Value {
        try slice(position, Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }

    func little16(_ position: Int) throws(VolumeError) -> UInt16 { try little(position, as: UInt16.self) }
    func little32(_ position: Int) throws(VolumeError) -> UInt32 { try little(position, as: UInt32.self) }
    func little64(_ position: Int) throws(VolumeError) -> UInt64 { try little(position, as: UInt64.self) }

    /// Some of the bytes.
    func slice(_ position: Int, _ count: Int) throws(VolumeError) -> ArraySlice<UInt8> {
        guard position >= 0, count >= 0, position <= bytes.count, count <= bytes.count - position else {
            throw error(.beyondEnd(structure), at: position)
        }
        return bytes[position..<position + count]
    }

    func part(
        _ position: Int, _ count: Int, as structure: VolumeError.Structure? = nil
    ) throws(VolumeError) -> VolumePiece {
        VolumePiece(
            bytes: Array(try slice(position, count)), offset: offset &+ UInt64(max(0, position)),
            structure: structure ?? self.structure)
    }

    /// Whether these bytes stand there.
    func has(_ text: StaticString, at position: Int) -> Bool {
        guard let found = try? slice(position, text.utf8CodeUnitCount) else { return false }
        return unsafe found.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// How much one question may read: structures that lead to each other again and again come to an end.
final class ReadingBudget: Sendable {
    /// Beyond what the caller allows for a file.
    static let base = 32 << 20
    private let left: Atomic<Int>

    init(fileLimit: Int = 0) {
        let (product, overflow) = max(0, fileLimit).multipliedReportingOverflow(by: 4)
        left = Atomic(overflow ? Int.max : product.addingReportingOverflow(Self.base).overflow ? Int.max : product + Self.base)
    }

    /// False where it is used up. A reading costs something by itself.
    func spend(_ count: Int) -> Bool { left.subtract(count + 64, ordering: .relaxed).newValue >= 0 }
}

/// A source, read with its bounds kept.
struct VolumeBytes: Sendable {
    let source: any VolumeSource
    let sizeInBytes: UInt64
    var budget = ReadingBudget()

    init(_ source: any VolumeSource) {
        self.source = source
        sizeInBytes = source.sizeInBytes
    }

    func read(at offset: UInt64, count: Int, _ structure: VolumeError.Structure) throws(VolumeError) -> VolumePiece {
        guard let piece = try readIfPresent(at: offset, count: count, structure) else {
            throw VolumeError(.beyondEnd(structure), at: offset)
        }
        return piece
    }

    /// nil where the volume ends before.
    func readIfPresent(
        at offset: UInt64, count: Int, _ structure: VolumeError.Structure
    ) throws(VolumeError) -> VolumePiece? {
        guard count >= 0, offset <= sizeInBytes, UInt64(count) <= sizeInBytes - offset else { return nil }
        guard budget.spend(count) else { throw VolumeError(.tooMuchToRead, at: offset) }
        let bytes: [UInt8]
        do throws(OSError) { bytes = try source.read(at: offset, count: count) } catch {
            throw VolumeError(.unreadable(error), at: offset)
        }
        return bytes.count == count ? VolumePiece(bytes: bytes, offset: offset, structure: structure) : nil
    }

    /// The place `number` units of `size` bytes after `base`, for numbers of the volume's.
    func place(
        _ number: UInt64, times size: UInt64, after base: UInt64 = 0, _ structure: VolumeError.Structure
    ) throws(VolumeError) -> UInt64 {
        let (product, tooLarge) = number.multipliedReportingOverflow(by: size)
        let (sum, overflow) = product.addingReportingOverflow(base)
        guard !tooLarge, !overflow, sum <= sizeInBytes else { throw VolumeError(.beyondEnd(structure)) }
        return sum
    }
}
