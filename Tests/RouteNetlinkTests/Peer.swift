import Documents
import Kernel
import TestSupport

/// What `ip -j -d <command>` says.
func ip(_ command: String) throws -> [JSONValue] {
    let answer = try run("ip -j -d \(command)")
    return answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output).array ?? []
}

/// A deadline that no healthy kernel needs.
var soon: Deadline { Deadline(in: .seconds(10)) }
