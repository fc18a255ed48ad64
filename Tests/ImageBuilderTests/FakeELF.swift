/// A small ELF object with a dynamic section, for search rules that no program of the machine shows.
struct FakeELF {
    var machine: UInt16 = 62
    var interpreter: String?
    var needed: [String] = []
    var runPath: String?
    var oldRunPath: String?
    var soname: String?
    /// `.modinfo`, for a module.
    var information: [String] = []

    var bytes: [UInt8] {
        var strings: [UInt8] = [0]
        func add(_ text: String) -> UInt64 {
            defer { strings += Array(text.utf8) + [0] }
            return UInt64(strings.count)
        }
        var tags: [(UInt64, UInt64)] = needed.map { (1, add($0)) }
        if let soname { tags.append((14, add(soname))) }
        if let oldRunPath { tags.append((15, add(oldRunPath))) }
        if let runPath { tags.append((29, add(runPath))) }
        let interpreterOffset = interpreter.map { add($0) }
        let sectionNames = strings.count
        strings += [0] + Array(".modinfo".utf8) + [0]
        let informationBytes = information.flatMap { text -> [UInt8] in Array(text.utf8) + [0] }

        let programHeaders = 64
        let stringStart = programHeaders + 3 * 56
        let informationStart = stringStart + strings.count
        let dynamicStart = (informationStart + informationBytes.count + 7) / 8 * 8
        let sectionStart = dynamicStart + 16 * (tags.count + 3)
        let base: UInt64 = 0x40_0000
        tags += [(5, base + UInt64(stringStart)), (10, UInt64(strings.count)), (0, 0)]

        let output = Writer()
        output.bytes = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        output.put(UInt16(3), machine)
        output.put(UInt32(1))
        output.put(UInt64(0), UInt64(programHeaders), UInt64(sectionStart))
        output.put(UInt32(0))
        output.put(UInt16(64), 56, 3, 64, 3, 2)
        func segment(_ kind: UInt32, _ offset: UInt64, _ size: UInt64) {
            output.put(kind, 0)
            output.put(offset, base + offset, 0, size, size, 8)
        }
        segment(1, 0, UInt64(sectionStart))
        segment(2, UInt64(dynamicStart), UInt64(16 * tags.count))
        if let interpreter, let interpreterOffset {
            segment(3, UInt64(stringStart) + interpreterOffset, UInt64(interpreter.utf8.count + 1))
        } else {
            segment(0, 0, 0)
        }
        output.bytes += strings + informationBytes
        output.bytes += [UInt8](repeating: 0, count: dynamicStart - output.bytes.count)
        for (tag, value) in tags { output.put(tag, value) }
        func section(_ name: UInt32, _ offset: Int, _ size: Int) {
            output.put(name, 1)
            output.put(UInt64(0), 0, UInt64(offset), UInt64(size))
            output.put(UInt32(0), 0)
            output.put(UInt64(1), 0)
        }
        section(0, 0, 0)
        section(1, informationStart, informationBytes.count)
        section(0, stringStart + sectionNames, strings.count - sectionNames)
        return output.bytes
    }

    private final class Writer {
        var bytes: [UInt8] = []

        func put<Value: FixedWidthInteger>(_ values: Value...) {
            for value in values {
                for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
                }
            }
        }
    }
}
