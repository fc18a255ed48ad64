/// How far words are from each other, for those who ask whether somebody meant another one.
public enum Spelling {
    /// How many letters are to be put in, left out, replaced or swapped with their neighbour to make one of the other, no letter
    /// twice (optimal string alignment). It takes as many steps as the product of the lengths: the caller bounds them.
    public static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var next = [line + 1]
            for (column, other) in right.enumerated() {
                var changes = min(row[column] + (byte == other ? 0 : 1), row[column + 1] + 1, next[column] + 1)
                if line > 0, column > 0, byte == right[column - 1], left[line - 1] == other {
                    changes = min(changes, before[column - 1] + 1)
                }
                next.append(changes)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
