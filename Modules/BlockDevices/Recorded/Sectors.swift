internal import Kernel

/// Sectors of a device that are not all zeros, by their numbers.
struct Sectors {
    /// Of one, in bytes, whatever the device's own are.
    static let size: UInt64 = 512

    private(set) var bytes: [UInt64: [UInt8]] = [:]

    init() {}

    /// What was read of a volume.
    init(_ pieces: SparseBytes) {
        for piece in pieces.pieces {
            // A piece that begins or ends inside a sector is that sector with zeros around.
            let lead = Int(piece.offset % Self.size)
            insert([UInt8](repeating: 0, count: lead) + piece.bytes, at: piece.offset - UInt64(lead))
        }
    }

    var numbers: [UInt64] { bytes.keys.sorted() }
    var sizeInBytes: Int { bytes.values.reduce(0) { $0 + $1.count } }

    subscript(number: UInt64) -> [UInt8]? {
        get { bytes[number] }
        set { bytes[number] = newValue.flatMap { $0.contains { $0 != 0 } ? $0 : nil } }
    }

    /// Keeps what is not there yet. `offset` is a multiple of ``size``.
    mutating func insert(_ new: [UInt8], at offset: UInt64) {
        for start in stride(from: 0, to: new.count, by: Int(Self.size)) {
            let number = (offset + UInt64(start)) / Self.size
            guard bytes[number] == nil else { continue }
            self[number] = Array(new[start..<min(new.count, start + Int(Self.size))])
        }
    }

    mutating func add(_ others: Sectors) { bytes.merge(others.bytes) { mine, _ in mine } }
    mutating func remove(_ others: Sectors) { bytes = bytes.filter { others.bytes[$0.key] == nil } }

    func within(_ look: DeviceRecord.Look, of sizeInBytes: UInt64) -> Sectors {
        let start = look.offset / Self.size
        let rest = sizeInBytes - min(look.offset, sizeInBytes)
        let count = (min(look.size ?? rest, rest) + Self.size - 1) / Self.size
        var inside = self
        inside.bytes = bytes.filter { $0.key >= start && $0.key - start < count }
        return inside
    }

    func write(to device: WritableDevice) throws(OSError) {
        try write(numbers[...], to: device)
    }

    /// Writes the named ones, those that follow each other at once.
    func write(_ numbers: ArraySlice<UInt64>, to device: WritableDevice) throws(OSError) {
        try runs(numbers, device) { bytes[$0] ?? [] }
    }

    /// Writes zeros in the place of the named ones.
    func erase(_ numbers: ArraySlice<UInt64>, on device: WritableDevice) throws(OSError) {
        try runs(numbers, device) { [UInt8](repeating: 0, count: bytes[$0]?.count ?? 0) }
    }

    private func runs(
        _ numbers: ArraySlice<UInt64>, _ device: WritableDevice, _ body: (UInt64) -> [UInt8]
    ) throws(OSError) {
        var run: [UInt8] = []
        var start: UInt64 = 0
        for number in numbers {
            if !run.isEmpty, start + UInt64(run.count) != number * Self.size {
                try device.write(run, at: start)
                run = []
            }
            if run.isEmpty { start = number * Self.size }
            run += body(number)
        }
        if !run.isEmpty { try device.write(run, at: start) }
    }

    func windows(sizeInBytes: UInt64) -> SparseBytes {
        var windows = SparseBytes(sizeInBytes: sizeInBytes)
        for number in numbers { windows.insert(bytes[number] ?? [], at: number * Self.size) }
        return windows
    }
}
