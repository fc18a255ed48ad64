internal import Kernel
internal import Partitions

/// Reads a selector: first into words, then by precedence: `||`, `&&`, `!`, comparisons.
struct SelectorParser {
    private enum Token: Equatable {
        case word(String)
        case quoted(String)
        case mark(String)
        case end
    }

    private var tokens: [(token: Token, column: Int)] = []
    private var place = 0
    private var depth = 0

    init(_ text: String) throws(SelectorError) {
        guard text.utf8.count <= DiskSelector.longest else {
            throw SelectorError(column: 1, message: "the expression is longer than \(DiskSelector.longest) bytes")
        }
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let column = index + 1
            let scalar = scalars[index]
            if scalar == " " || scalar == "\t" || scalar == "\n" {
                index += 1
            } else if scalar == "\"" || scalar == "'" {
                guard let end = scalars[(index + 1)...].firstIndex(of: scalar) else {
                    throw SelectorError(column: column, message: "the quote has no end")
                }
                tokens.append((.quoted(Self.text(scalars[(index + 1)..<end])), column))
                index = end + 1
            } else if let mark = Self.mark(scalars[index...]) {
                tokens.append((.mark(mark), column))
                index += mark.unicodeScalars.count
            } else if Self.isWord(scalar) {
                let end = scalars[index...].firstIndex { !Self.isWord($0) } ?? scalars.count
                tokens.append((.word(Self.text(scalars[index..<end])), column))
                index = end
            } else {
                let hint =
                    scalar == "=" ? "; == compares" : scalar == "&" ? "; && joins" : scalar == "|" ? "; || joins" : ""
                throw SelectorError(column: column, message: "'\(scalar)' has no meaning here\(hint)")
            }
        }
        tokens.append((.end, scalars.count + 1))
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(scalar) }
        return text
    }

    private static func mark(_ rest: ArraySlice<Unicode.Scalar>) -> String? {
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")"].first { rest.starts(with: $0.unicodeScalars) }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./:*?+,@#".unicodeScalars.contains(scalar)
    }

    // MARK: Grammar

    mutating func parse() throws(SelectorError) -> DiskSelector.Expression {
        if current.token == .end { throw fail("the expression is empty; try size >= 100GB") }
        let expression = try any()
        guard current.token == .end else { throw fail("\(words(current.token)) cannot stand here; && or || joins") }
        return expression
    }

    private var current: (token: Token, column: Int) { tokens[min(place, tokens.count - 1)] }

    private mutating func take(_ mark: String) -> Bool {
        guard current.token == .mark(mark) else { return false }
        place += 1
        return true
    }

    private func fail(_ message: String, at column: Int? = nil) -> SelectorError {
        SelectorError(column: column ?? current.column, message: message)
    }

    private mutating func any() throws(SelectorError) -> DiskSelector.Expression {
        var list = [try all()]
        while take("||") { list.append(try all()) }
        return list.count == 1 ? list[0] : .any(list)
    }

    private mutating func all() throws(SelectorError) -> DiskSelector.Expression {
        var list = [try unary()]
        while take("&&") { list.append(try unary()) }
        return list.count == 1 ? list[0] : .all(list)
    }

    private mutating func unary() throws(SelectorError) -> DiskSelector.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= DiskSelector.deepest else { throw fail("the expression is nested too deep") }
        if take("!") { return .not(try unary()) }
        guard take("(") else { return try comparison() }
        let inner = try any()
        guard take(")") else { throw fail("a ) is missing") }
        return inner
    }

    private mutating func comparison() throws(SelectorError) -> DiskSelector.Expression {
        guard case .word(let word) = current.token else { throw fail("a key is missing, like size or transport") }
        let column = current.column
        guard let key = DiskSelector.Key(rawValue: word) else { throw fail(Self.unknown(word)) }
        place += 1
        let mark: DiskSelector.Comparison? =
            if case .mark(let text) = current.token { DiskSelector.Comparison(rawValue: text) } else { nil }
        guard let mark else {
            if key.kind == .truth { return .truth(key) }
            throw fail("\(word) has to be compared: \(key.kind == .text ? "\(word) == \"…\"" : "\(word) >= 100GB")")
        }
        place += 1
        let value = current
        let text: String
        switch value.token {
        case .word(let word): text = word
        case .quoted(let quoted): text = quoted
        case .mark, .end: throw fail("a value is missing after \(mark.rawValue)")
        }
        place += 1
        switch key.kind {
        case .number:
            guard let number = ByteSize.parse(text) else {
                throw fail("'\(text)' is no size, like 100GB or 4096", at: value.column)
            }
            return .number(key, mark, number)
        case .text:
            guard mark == .equal || mark == .unequal else {
                throw fail("\(word) is text, which \(mark.rawValue) does not compare; == and != do", at: column)
            }
            return .word(key, isEqual: mark == .equal, pattern: text)
        case .truth:
            guard let truth = text == "true" ? true : text == "false" ? false : nil, mark == .equal || mark == .unequal
            else {
                throw fail("\(word) is true or false", at: value.column)
            }
            return truth == (mark == .equal) ? .truth(key) : .not(.truth(key))
        }
    }

    private func words(_ token: Token) -> String {
        switch token {
        case .word(let word): "'\(word)'"
        case .quoted(let text): "\"\(text)\""
        case .mark(let mark): "'\(mark)'"
        case .end: "the end"
        }
    }

    private static func unknown(_ word: String) -> String {
        let keys = DiskSelector.Key.allCases.map(\.rawValue)
        let near = keys.map { ($0, Spelling.distance(Array($0.utf8), Array(word.utf8.prefix(32)))) }
            .filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
        return "no key is called '\(word)'"
            + (near.map { "; did you mean \($0)?" } ?? "; there are \(keys.sorted().joined(separator: ", "))")
    }
}
