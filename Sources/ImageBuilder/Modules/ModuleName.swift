/// The kernel's and libkmod's forms of module names: in a name `-` and `_` are the same.
enum ModuleName {
    /// `kernel/drivers/net/virtio-net.ko.zst` is `virtio_net`; nil where the path is of no module.
    static func ofFile(_ path: String) -> String? {
        let last = path.split(separator: "/").last ?? ""
        guard let end = suffixes.first(where: { last.hasSuffix($0) }), last.count > end.count else { return nil }
        return normalized(String(last.dropLast(end.count)))
    }

    /// Of a module's file, compressed or not.
    static let suffixes = [".ko", ".ko.zst", ".ko.xz", ".ko.gz"]

    /// Every `-` becomes `_`, but for those within the brackets of a pattern.
    static func normalized(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "-")) else { return name }
        var depth = 0
        var result: [UInt8] = []
        for byte in name.utf8 {
            if byte == UInt8(ascii: "[") { depth += 1 }
            if byte == UInt8(ascii: "]") { depth = max(0, depth - 1) }
            result.append(byte == UInt8(ascii: "-") && depth == 0 ? UInt8(ascii: "_") : byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// At most three of `names` that differ from `name` by few letters, the nearest first.
    static func nearest(to name: String, among names: some Sequence<String>) -> [String] {
        let wanted = Array(name.utf8)
        let bound = max(2, wanted.count / 3)
        let near = names.compactMap { candidate -> (distance: Int, name: String)? in
            let letters = Array(candidate.utf8)
            guard abs(letters.count - wanted.count) <= bound else { return nil }
            let distance = distance(wanted, letters)
            return distance <= bound ? (distance, candidate) : nil
        }
        return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Levenshtein's: insertions, deletions and replacements.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, min(row[column], diagonal) + 1)
            }
        }
        return row[right.count]
    }
}
