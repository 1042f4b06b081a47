using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace RemoteStore.Api.Http;

/// <summary>Reads the header <c>Accept-Encoding</c>.</summary>
internal static class AcceptEncoding
{
    /// <summary>True when gzip is named with a weight above 0.</summary>
    public static bool AllowsGzip(StringValues header)
    {
        foreach (string? line in header)
        {
            foreach (Range range in line.AsSpan().Split(','))
            {
                ReadOnlySpan<char> item = line.AsSpan()[range];
                int semicolon = item.IndexOf(';');
                ReadOnlySpan<char> coding = (semicolon < 0 ? item : item[..semicolon]).Trim();
                if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
                {
                    return semicolon < 0 || Weight(item[(semicolon + 1)..].Trim()) > 0;
                }
            }
        }

        return false;
    }

    private static double Weight(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase) &&
        double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight) ? weight : 1;
}
