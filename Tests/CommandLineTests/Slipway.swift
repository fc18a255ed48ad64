import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing

/// The real binary, as a user runs it.
func slipway(_ arguments: [String], timeout: Duration = .seconds(60)) throws -> CommandOutput {
    try attempt(builtProduct(named: "slipway").string, arguments, timeout: timeout)
}

/// The words of a command line, apart by spaces.
func slipway(_ words: String, _ more: String...) throws -> CommandOutput {
    try slipway(words.split(separator: " ").map { String($0) } + more)
}

extension CommandOutput {
    /// stdout as one JSON document.
    var document: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: output) } }

    /// The object `error` of stderr's one JSON document.
    var errorDocument: [String: JSONValue]? {
        get throws { try JSONText.decode(JSONValue.self, from: Array(errors.utf8))["error"]?.object }
    }
}

/// An empty stdout, and on stderr exactly one line, with `words` in it.
func expectOneLine(
    _ outcome: CommandOutput, exit: Int32, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.status == .exited(exit), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, "\(outcome.text)", sourceLocation: sourceLocation)
    #expect(outcome.errors.hasPrefix("slipway: ") && outcome.errors.hasSuffix("\n"), sourceLocation: sourceLocation)
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation) }
}
