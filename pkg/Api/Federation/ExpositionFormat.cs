using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace RemoteStore.Api.Federation;

/// <summary>The form of an exposition, as the header <c>Accept</c> asks for it: text 0.0.4 unless delimited protobuf is preferred.</summary>
/// <param name="IsProtobuf">True for protobuf.</param>
/// <param name="AllowsUtf8">True when names may hold any character; else what is not of the classic alphabet becomes an underscore.</param>
internal readonly record struct ExpositionFormat(bool IsProtobuf, bool AllowsUtf8)
{
    /// <summary>The header <c>Content-Type</c>.</summary>
    public string ContentType =>
        (IsProtobuf ? "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited" : "text/plain; version=0.0.4; charset=utf-8") +
        (AllowsUtf8 ? "; escaping=allow-utf-8" : "; escaping=underscores");

    /// <summary>Reads the header: of the forms known here the one with the greatest weight, the first of equal ones.</summary>
    public static ExpositionFormat Negotiate(StringValues accept)
    {
        var chosen = new ExpositionFormat(IsProtobuf: false, AllowsUtf8: false);
        double best = 0;
        foreach (string item in accept.SelectMany(static line => (line ?? "").Split(',')))
        {
            string[] parts = [.. item.Split(';').Select(static part => part.Trim())];
            bool isProtobuf = parts[0] == "application/vnd.google.protobuf" &&
                Parameter(parts, "proto") == "io.prometheus.client.MetricFamily" && Parameter(parts, "encoding") == "delimited";
            bool isText = parts[0] == "text/plain" && Parameter(parts, "version") is "" or "0.0.4";
            if (!isProtobuf && !isText)
            {
                continue;
            }

            double weight = double.TryParse(Parameter(parts, "q"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double q) ? q : 1;
            if (weight > best)
            {
                best = weight;
                chosen = new ExpositionFormat(isProtobuf, Parameter(parts, "escaping") == "allow-utf-8");
            }
        }

        return chosen;
    }

    private static string Parameter(string[] parts, string name)
    {
        foreach (string part in parts.Skip(1))
        {
            if (part.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return part[(name.Length + 1)..].Trim('"');
            }
        }

        return "";
    }
}
