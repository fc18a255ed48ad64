internal import Documents
internal import Fetch
internal import FoundationEssentials

extension MetadataRecording {
    /// Stands for a secret.
    static let redacted = "<redacted>"
    /// Stands for a token: a word, as tokens are.
    package static let redactedToken = "REDACTED"

    /// Takes tokens, user data and passwords out, so that what is left still reads as the platform's. Answers with what it took.
    public mutating func redact() -> [String] {
        var taken: Set<String> = []
        for index in exchanges.indices {
            // Whatever its address, it is a machine's configuration.
            if platform == "metal" { exchanges[index].redactWhole(&taken) } else { exchanges[index].redact(&taken) }
        }
        for (key, list) in volumes {
            volumes[key] = list.map { volume in
                var volume = volume
                for (path, text) in volume.files {
                    guard let bytes = text.flatMap({ Data(base64Encoded: $0) }) else { continue }
                    if volume.isSecret(path) {
                        volume.files[path] = Self.base64(Self.redacted)
                    } else if let clean = SecretDocument.clean(Array(bytes)) {
                        volume.files[path] = Data(clean).base64EncodedString()
                    } else {
                        continue
                    }
                    taken.insert("\(volume.label):\(path)")
                }
                return volume
            }
        }
        for (key, text) in guestInfo where text != nil {
            let word = key.split(separator: ".")
            if Self.isSecret(word.dropFirst().first) {
                taken.insert(key)
                // Without its encoding, which the new value has not.
                guestInfo[key] = word.last == "encoding" ? Self.base64("") : Self.base64(Self.redacted)
            } else if key == "guestinfo.ovfEnv", let bytes = text.flatMap({ Data(base64Encoded: $0) }) {
                let environment = String(decoding: bytes, as: UTF8.self)
                let clean = Self.withoutSecretProperties(environment)
                if clean != environment { taken.insert(key) }
                guestInfo[key] = Self.base64(clean)
            } else if let clean = text.flatMap({ Data(base64Encoded: $0) }).flatMap({ SecretDocument.clean(Array($0)) })
            {
                taken.insert(key)
                guestInfo[key] = Data(clean).base64EncodedString()
            }
        }
        return taken.sorted()
    }

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// The names under which platforms give user data, vendor data and passwords, however they are written.
    static func isSecret(_ name: (some StringProtocol)?) -> Bool {
        guard let name else { return false }
        let plain = name.lowercased().filter { $0.isLetter }
        if plain.hasSuffix("encoding") { return false }
        return plain.hasPrefix("userdata") || plain.hasPrefix("vendordata") || plain.hasPrefix("customdata")
            || plain.hasPrefix("startupscript") || plain.contains("password") || plain.contains("token")
            || plain.contains("secret") || plain.contains("privatekey") || plain == "adminpass" || plain == "randomseed"
    }

    /// The values of OVF's properties (DSP0243, section 9.5) whose key is a secret's.
    private static func withoutSecretProperties(_ text: String) -> String {
        text.split(separator: "<", omittingEmptySubsequences: false).map { element in
            guard element.contains("Property"), let key = attribute("key", of: element),
                element[key].split(separator: ".").contains(where: { isSecret($0) }),
                let value = attribute("value", of: element)
            else { return String(element) }
            // Without its encoding, which the new value has not.
            let mark = element[key].hasSuffix(".encoding") ? "" : "&lt;redacted&gt;"
            return String(element[..<value.lowerBound]) + mark + String(element[value.upperBound...])
        }.joined(separator: "<")
    }

    /// Where the value of an attribute stands, whatever its prefix.
    private static func attribute(_ name: String, of element: Substring) -> Range<Substring.Index>? {
        for quote in ["\"", "'"] {
            for mark in [":\(name)=\(quote)", " \(name)=\(quote)"] {
                guard let start = element.firstRange(of: mark)?.upperBound,
                    let end = element[start...].firstRange(of: quote)?.lowerBound
                else { continue }
                return start..<end
            }
        }
        return nil
    }
}

extension MetadataRecording.Volume {
    /// User data by its name, and the configuration on a volume of ours.
    fileprivate func isSecret(_ path: String) -> Bool {
        MetadataRecording.isSecret(path.split(separator: "/").last)
            || label.lowercased() == "slipway" && path.hasPrefix("config")
    }
}

extension HTTPExchange {
    /// The whole body of an answer.
    fileprivate mutating func redactWhole(_ taken: inout Set<String>) {
        guard case .success(var response) = outcome, response.status == 200, !response.body.isEmpty else { return }
        response.body = Array(MetadataRecording.redacted.utf8)
        outcome = .success(response)
        taken.insert("\(method.rawValue) \(url.split(separator: "?")[0])")
    }

    fileprivate mutating func redact(_ taken: inout Set<String>) {
        for index in headers.indices where Self.isCredential(headers[index].name) {
            headers[index].value = MetadataRecording.redactedToken
        }
        guard case .success(var response) = outcome else { return }
        let path = url.split(separator: "?")[0]
        let isToken = method != .get || path.hasSuffix("/identity")
        if isToken, response.status == 200, !response.body.isEmpty {
            response.body = Array(MetadataRecording.redactedToken.utf8)
            taken.insert("\(method.rawValue) \(path)")
        } else if response.status == 200, !response.body.isEmpty,
            path.split(separator: "/").dropFirst(2).contains(where: { MetadataRecording.isSecret($0) })
        {
            response.body = Array(MetadataRecording.redacted.utf8)
            taken.insert(String(path))
        } else if response.status == 200, !response.body.isEmpty,
            let clean = MetadataRecording.withoutSignature(response.body, at: path)
        {
            response.body = clean
            taken.insert(String(path))
        } else if let clean = SecretDocument.clean(response.body) {
            response.body = clean
            taken.insert(String(path))
        }
        outcome = .success(response)
    }

    private static func isCredential(_ field: String) -> Bool {
        let name = field.lowercased()
        return name == "authorization" || name.contains("token") && !name.contains("ttl") && !name.contains("expiry")
    }
}
