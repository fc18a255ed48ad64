internal import Kernel

/// The words of a command, read one after the other.
package struct WordReader: Sendable {
    private var words: ArraySlice<String>

    package init(_ words: [String]) { self.words = words[...] }

    package var isAtEnd: Bool { words.isEmpty }
    /// What follows, unread.
    package var peek: String? { words.first }
    package mutating func next() -> String? { words.popFirst() }

    /// What belongs to the option that was read last.
    package mutating func value(of option: String) throws(WordError) -> String {
        guard let value = words.popFirst() else { throw WordError(.missingValue, option) }
        return value
    }

    /// The rest.
    package mutating func takeAll() -> [String] {
        defer { words = [] }
        return Array(words)
    }
}

/// Why words could not be understood.
package struct WordError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No option is called so. The words that there are, and what they are of.
        case unknown([String], of: String)
        /// The option stands at the end, without what it is set to.
        case missingValue
        /// Not a number.
        case notNumber(String)
        /// A number beyond what the option takes.
        case outOfRange(String, ClosedRange<Int64>)
        /// None of the words that it may be.
        case notOneOf(String, [String])
        /// No link of that name, among these.
        case noLink(String, [String])
        /// Not of the form that is told.
        case malformed(String, form: String)
        /// Cannot stand beside another option.
        case excludes(String)
        /// Nothing is said that has to be: what.
        case missing(String)
    }
    package let kind: Kind
    /// The word that it is about.
    package let word: String
    /// Of a file, from 1.
    package var line: Int?

    package init(_ kind: Kind, _ word: String, line: Int? = nil) {
        self.kind = kind
        self.word = word
        self.line = line
    }

    package static func unknownWord(_ word: String, of kind: String, among words: [String]) -> WordError {
        WordError(.unknown(words, of: kind), word)
    }

    package var description: String { (line.map { "line \($0): " } ?? "") + words }

    private var words: String {
        switch kind {
        case .unknown(_, let owner): "no option '\(word)' of \(owner)"
        case .missingValue: "'\(word)' needs a value"
        case .notNumber(let text): "'\(word) \(text)': '\(text)' is no number"
        case .outOfRange(let text, let range):
            "'\(word) \(text)': the range is \(range.lowerBound) to \(range.upperBound)"
        case .notOneOf(let text, _): "'\(word) \(text)': '\(text)' is none of its words"
        case .noLink(let name, _): "'\(word) \(name)': there is no link \(name)"
        case .malformed(let text, let form): "'\(word) \(text)': it is to be \(form)"
        case .excludes(let other): "'\(word)' and '\(other)' exclude each other"
        case .missing(let what): "'\(word)' needs \(what)"
        }
    }

    /// What to do next: the nearest word, or those that there are.
    package var hint: String? {
        switch kind {
        case .unknown(let words, let owner):
            if words.isEmpty { return "\(owner) has no options" }
            if let near = Self.nearest(to: word, among: words) { return "did you mean '\(near)'?" }
            return "the options are \(words.joined(separator: " "))"
        case .notOneOf(let text, let words):
            if let near = Self.nearest(to: text, among: words) {
                return "did you mean '\(near)'? It may be \(words.joined(separator: ", "))"
            }
            return "it may be \(words.joined(separator: ", "))"
        case .noLink(let name, let names):
            let known = "the links are \(names.joined(separator: ", "))"
            return Self.nearest(to: name, among: names).map { "did you mean '\($0)'? \(known)" } ?? known
        default: return nil
        }
    }

    /// The word that takes the fewest changes, where that is no more than a third of it.
    static func nearest(to word: String, among words: [String]) -> String? {
        let best = words.map { ($0, Spelling.distance(Array(word.utf8.prefix(64)), Array($0.utf8.prefix(64)))) }.min {
            $0.1 < $1.1
        }
        guard let (near, changes) = best, changes <= max(1, (word.utf8.count + 2) / 3) else { return nil }
        return near
    }
}
