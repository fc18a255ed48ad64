/// Package.swift as text: its targets, what each declares, and where flags stand that a stranger may not depend on.
struct Manifest: Sendable {
    enum Kind: String, Sendable {
        /// `.target(name: "C…")`: C code.
        case c = ".target"
        /// A C library of the system.
        case system = "library"
        case module
        case platformCore
        case platforms
        case source
        case executable
        /// A program that measures.
        case benchmark
        case support
        case tests
    }

    struct Target: Sendable {
        let kind: Kind
        let name: String
        let path: String
        /// Ours by name, and Package.swift's own names for products of others: `argumentParser`, `nio`.
        let dependencies: [String]
    }

    let targets: [Target]
    let libraries: [String]
    /// The lines that name unsafeFlags outside `func executable`.
    let strayUnsafeFlags: [Int]
    /// What could not be read: the form that its head asks for was not kept.
    let problems: [String]

    init(_ text: String) {
        let lines = SwiftText(text).codeAndStrings
        let whole = lines.joined(separator: "\n")
        var targets: [Target] = []
        var problems: [String] = []
        for element in Self.list(after: "\n    targets: [", in: whole) {
            if let target = Self.target(element) {
                targets.append(target)
            } else {
                problems.append("Package.swift: a target of no known form: \(element.prefix(60))")
            }
        }
        if targets.isEmpty { problems.append("Package.swift: no targets are found") }
        self.targets = targets
        self.problems = problems
        libraries = Self.list(after: "\n    products: [", in: whole).flatMap { Self.strings($0) }
        strayUnsafeFlags = Self.linesNamingUnsafeFlags(lines)
    }

    subscript(name: String) -> Target? { targets.first { $0.name == name } }

    private static func target(_ element: String) -> Target? {
        guard let open = element.firstIndex(of: "(") else { return nil }
        guard let kind = Kind(rawValue: String(element[..<open])) else { return nil }
        let arguments = list(after: "(", in: element).map { argument -> (label: String, value: String) in
            let parts = argument.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].allSatisfy({ $0.isLetter }) else { return ("", argument) }
            return (String(parts[0]), parts[1].trimmed)
        }
        guard let given = arguments.first.flatMap({ strings($0.value).first }) else { return nil }
        let name = kind == .tests ? "\(given)Tests" : given
        let path =
            arguments.first { $0.label == "path" }.flatMap { strings($0.value).first }
            ?? {
                switch kind {
                case .c, .system, .module: "Modules/\(name)"
                case .platformCore: "Platforms/Core"
                case .platforms: "Platforms"
                case .source, .executable: "Sources/\(name)"
                case .benchmark: "Benchmarks/\(name)"
                case .support, .tests: "Tests/\(name)"
                }
            }()
        let list = arguments.dropFirst().first { $0.label.isEmpty || $0.label == "dependencies" }?.value ?? ""
        let variables = SwiftText(list).code.flatMap { SwiftText.words($0) }.map(String.init)
        return Target(kind: kind, name: name, path: path, dependencies: strings(list) + variables)
    }

    /// The elements of the list or call that opens with `head`, apart at its own commas.
    private static func list(after head: String, in text: String) -> [String] {
        guard let start = text.firstRange(of: head)?.upperBound else { return [] }
        var elements: [String] = []
        var element = ""
        var depth = 0
        var isQuoted = false
        for character in text[start...] {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted {
                if "([{".contains(character) { depth += 1 }
                if ")]}".contains(character) {
                    if depth == 0 { break }
                    depth -= 1
                }
                if character == ",", depth == 0 {
                    elements.append(element)
                    element = ""
                    continue
                }
            }
            element.append(character)
        }
        return (elements + [element]).map(\.trimmed).filter { !$0.isEmpty }
    }

    private static func strings(_ text: String) -> [String] { SwiftText(text).literals.map(\.text) }

    private static func linesNamingUnsafeFlags(_ lines: [String]) -> [Int] {
        var result: [Int] = []
        var isInExecutable = false
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("func executable(") { isInExecutable = true }
            if line.contains("unsafeFlags"), !isInExecutable { result.append(number + 1) }
            if line.hasPrefix("}") { isInExecutable = false }
        }
        return result
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
