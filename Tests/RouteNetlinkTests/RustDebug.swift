/// What Rust's `{:?}` prints, read back: the words in which the conformance set says what its messages mean.
enum RustDebug {
    /// A word or a number: `Up`, `1500`, `0x0`, `fe80::1`, `192.0.2.1`, `true`. Flags joined by ` | ` are one each.
    case words([String])
    case text(String)
    indirect case list([RustDebug])
    /// `Name(a, b)`; a tuple has no name.
    indirect case tuple(String, [RustDebug])
    /// `Name { field: value }`.
    indirect case fields(String, [Field])

    struct Field {
        let name: String
        let value: RustDebug
    }

    struct Malformed: Error { let at: Int }

    init(parsing text: String) throws {
        var parser = Parser(characters: Array(text))
        self = try parser.value()
        guard parser.position == parser.characters.count else { throw Malformed(at: parser.position) }
    }

    private struct Parser {
        let characters: [Character]
        var position = 0

        var next: Character? { position < characters.count ? characters[position] : nil }

        mutating func skipSpace() { while next == " " { position += 1 } }

        mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard next == character else { return false }
            position += 1
            return true
        }

        mutating func expect(_ character: Character) throws {
            guard take(character) else { throw Malformed(at: position) }
        }

        mutating func list(until end: Character) throws -> [RustDebug] {
            var result: [RustDebug] = []
            while !take(end) {
                result.append(try value())
                if !take(",") {
                    try expect(end)
                    break
                }
            }
            return result
        }

        mutating func value() throws -> RustDebug {
            skipSpace()
            if take("[") { return .list(try list(until: "]")) }
            if take("(") { return .tuple("", try list(until: ")")) }
            if take("\"") {
                var text = ""
                while let character = next, character != "\"" {
                    text.append(character)
                    position += 1
                }
                try expect("\"")
                return .text(text)
            }
            let word = try self.word()
            if take("(") { return .tuple(word, try list(until: ")")) }
            skipSpace()
            if next == "{" {
                position += 1
                var fields: [Field] = []
                while !take("}") {
                    skipSpace()
                    let name = try self.word(colons: false)
                    try expect(":")
                    fields.append(Field(name: name, value: try value()))
                    if !take(",") {
                        try expect("}")
                        break
                    }
                }
                return .fields(word, fields)
            }
            var words = [word]
            while take("|") {
                skipSpace()
                words.append(try self.word())
            }
            return .words(words)
        }

        mutating func word(colons: Bool = true) throws -> String {
            var word = ""
            while let character = next,
                character.isLetter || character.isNumber || "_.-".contains(character) || colons && character == ":"
            {
                word.append(character)
                position += 1
            }
            if word.isEmpty { throw Malformed(at: position) }
            return word
        }
    }
}
