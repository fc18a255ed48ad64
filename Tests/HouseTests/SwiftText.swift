/// A Swift file taken apart as far as the house's rules need: what is code, what is comment, what stands in strings.
///
/// A scanner and no parser: it knows comments (which nest), strings of every form and their interpolations, and nothing
/// else. Regex literals with a quotation mark in them would confuse it.
struct SwiftText: Sendable {
    /// A string literal without its interpolations.
    struct Literal: Sendable {
        let line: Int
        let text: String
    }

    /// The file's lines with blanks for comments and for the insides of strings.
    private(set) var code: [String] = []
    /// The same with the strings.
    private(set) var codeAndStrings: [String] = []
    private(set) var literals: [Literal] = []

    init(_ text: String) {
        var scanner = Scanner(source: Array(text.utf8))
        scanner.scanCode(inInterpolation: false)
        code = Self.lines(scanner.code)
        codeAndStrings = Self.lines(scanner.codeAndStrings)
        literals = scanner.literals
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// An `import` of the file.
    struct Import: Hashable, Sendable {
        let line: Int
        let module: String
        /// `public`, `package` or what else stands before it.
        let modifiers: [String]
    }

    var imports: [Import] {
        code.enumerated().compactMap { number, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import") else { return nil }
            let modifiers = Array(words.prefix(place))
            let known: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
            guard modifiers.allSatisfy({ known.contains($0) || $0.hasPrefix("@") }) else { return nil }
            let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            guard let name = words.dropFirst(place + 1).first(where: { !kinds.contains($0) }) else { return nil }
            let module = name.split(separator: ".").first.map(String.init) ?? name
            return Import(line: number + 1, module: module, modifiers: modifiers)
        }
    }

    /// The words of a line of code: identifiers and keywords.
    static func words(_ line: String) -> [Substring] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

private struct Scanner {
    let source: [UInt8]
    var code: [UInt8] = []
    var codeAndStrings: [UInt8] = []
    var literals: [SwiftText.Literal] = []
    private var position = 0
    private var line = 1

    init(source: [UInt8]) { self.source = source }

    private enum Kind {
        case code
        case string
        case comment
    }

    /// Moves on by `count` bytes of a kind.
    private mutating func take(_ count: Int, as kind: Kind) {
        for byte in source[position..<min(position + count, source.count)] {
            let isNewline = byte == UInt8(ascii: "\n")
            if isNewline { line += 1 }
            code.append(kind == .code || isNewline ? byte : UInt8(ascii: " "))
            codeAndStrings.append(kind != .comment || isNewline ? byte : UInt8(ascii: " "))
        }
        position = min(position + count, source.count)
    }

    private func starts(_ text: String) -> Bool { source[position...].starts(with: text.utf8) }

    mutating func scanCode(inInterpolation: Bool) {
        var depth = 0
        while position < source.count {
            let hashes = source[position...].prefix { $0 == UInt8(ascii: "#") }.count
            if starts("//") {
                take(source[position...].prefix { $0 != UInt8(ascii: "\n") }.count, as: .comment)
            } else if starts("/*") {
                scanComment()
            } else if source[(position + hashes)...].first == UInt8(ascii: "\"") {
                scanString(hashes: hashes)
            } else {
                if inInterpolation, starts("(") { depth += 1 }
                if inInterpolation, starts(")") {
                    if depth == 0 { return }
                    depth -= 1
                }
                take(max(1, hashes), as: .code)
            }
        }
    }

    private mutating func scanComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                take(2, as: .comment)
            } else if starts("*/") {
                depth -= 1
                take(2, as: .comment)
            } else {
                take(1, as: .comment)
            }
        } while depth > 0 && position < source.count
    }

    private mutating func scanString(hashes: Int) {
        let pounds = String(repeating: "#", count: hashes)
        take(hashes, as: .code)
        let isLong = starts("\"\"\"")
        let quotes = isLong ? "\"\"\"" : "\""
        take(quotes.utf8.count, as: .code)
        let firstLine = line
        var text: [UInt8] = []
        defer { literals.append(SwiftText.Literal(line: firstLine, text: String(decoding: text, as: UTF8.self))) }
        while position < source.count {
            if starts(quotes + pounds) { return take(quotes.utf8.count + hashes, as: .code) }
            if !isLong, starts("\n") { return }
            if starts("\\" + pounds + "(") {
                take(hashes + 2, as: .code)
                scanCode(inInterpolation: true)
                take(1, as: .code)
                continue
            }
            let count = starts("\\" + pounds) ? hashes + 2 : 1
            text += source[position..<min(position + count, source.count)]
            take(count, as: .string)
        }
    }
}
