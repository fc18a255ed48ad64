import Kernel
import Partitions
import TestSupport

/// What a power cut can leave of some writes: a walk through every state that the medium can be in.
///
/// Between two flushes the device may have done any of the calls, in any order, the last it was at in part.
struct CrashStates {
    /// How many states were looked at.
    private(set) var count = 0
    /// How many of them were not the same as one before.
    private(set) var distinct = 0
    private let check: (MemoryPages, String) throws -> Void

    init(_ check: @escaping (MemoryPages, String) throws -> Void) { self.check = check }

    /// Visits all states on the way of `calls` from `start`: every prefix; between two flushes every subset of the calls, every subset with
    /// the last call torn at each sector, from its front and from its back; and `seeded` subsets of single sectors. Two that differ in
    /// nothing are counted twice and looked at once.
    mutating func walk(
        _ calls: [WriteLog.Call], from start: MemoryPages, sector: Int, seeded: Int = 1000, seed: UInt64
    ) throws {
        var base = start
        var generator = SeededGenerator(seed: seed)
        for (number, epoch) in Self.epochs(calls).enumerated() {
            // Call by call, the sectors of each.
            let sectors: [[Piece]] = epoch.enumerated().map { call, content in
                stride(from: 0, to: content.1.count, by: sector).map { place in
                    let bytes = Array(content.1[place..<min(place + sector, content.1.count)])
                    let offset = content.0 + UInt64(place)
                    return Piece(offset: offset, bytes: bytes, isChange: base.read(at: offset, count: sector) != bytes)
                }
            }
            var seen: Set<Set<UInt64>> = []
            func visit(_ pieces: [Piece], _ name: @autoclosure () -> String) throws {
                count += 1
                let changes = pieces.filter(\.isChange)
                guard seen.insert(Set(changes.map(\.offset))).inserted else { return }
                var state = base
                for piece in changes { _ = state.write(piece.bytes, at: piece.offset) }
                distinct += 1
                try check(state, "epoch \(number), \(name())")
            }
            for subset in 0..<(1 << epoch.count) {
                let chosen = epoch.indices.filter { subset >> $0 & 1 == 1 }
                let whole = chosen.flatMap { sectors[$0] }
                try visit(whole, "calls \(chosen)")
                guard let last = chosen.last else { continue }
                let before = chosen.dropLast().flatMap { sectors[$0] }
                for cut in sectors[last].indices.dropFirst() {
                    try visit(before + sectors[last][..<cut], "calls \(chosen), the last up to \(cut)")
                    try visit(before + sectors[last][cut...], "calls \(chosen), the last from \(cut)")
                }
            }
            let all = sectors.flatMap { $0 }
            for round in 0..<seeded {
                // From nearly none to nearly all of them.
                let share = UInt64.random(in: 1..<16, using: &generator)
                let some = all.filter { _ in UInt64.random(in: 0..<16, using: &generator) < share }
                try visit(some, "sectors of round \(round)")
            }
            for piece in all { _ = base.write(piece.bytes, at: piece.offset) }
        }
    }

    private struct Piece {
        let offset: UInt64
        let bytes: [UInt8]
        /// Whether the medium holds something else there.
        let isChange: Bool
    }

    private static func epochs(_ calls: [WriteLog.Call]) -> [[(UInt64, [UInt8])]] {
        var epochs: [[(UInt64, [UInt8])]] = [[]]
        for call in calls {
            switch call {
            case .write(let offset, let bytes): epochs[epochs.count - 1].append((offset, bytes))
            case .flush: epochs.append([])
            }
        }
        return epochs.filter { !$0.isEmpty }
    }
}
