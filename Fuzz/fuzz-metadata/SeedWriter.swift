import Glibc

/// Writes the documents of the fixtures as inputs.
enum SeedWriter {
    static var directory: String? { getenv("SLIPWAY_FUZZ_SEEDS").map { String(cString: $0) } }

    static func write(_ machine: Machine, _ number: UInt8, to directory: String) throws {
        for (index, place) in machine.places.enumerated() {
            let bytes = [number, UInt8(truncatingIfNeeded: index)] + machine.content(at: place)
            let name = "\(machine.platform)-\(number)-\(index)"
            guard let file = fopen("\(directory)/\(name)", "w") else { continue }
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }
    }
}
