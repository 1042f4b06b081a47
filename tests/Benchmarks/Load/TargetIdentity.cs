using System.Globalization;
using System.Text;

namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// The labels that tell one target from another. The parts that change when a pod is replaced have a fixed width, so that the new target's names fit
/// where the old ones were.
/// </summary>
internal static class TargetIdentity
{
    /// <summary>Bytes that differ between pods in the value of <c>pod</c>.</summary>
    public const int PodSuffixLength = 16;

    /// <summary>Bytes that differ between pods in the value of <c>instance</c>.</summary>
    public const int AddressLength = 11;

    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Labels of the target, without those of its series, and without <c>instance</c> and <c>pod</c>.</summary>
    public static (string Name, string Value)[] SharedLabels(int target)
    {
        int workload = target % 40;
        return
        [
            ("container", "app-" + Number(workload)),
            ("endpoint", "http-metrics"),
            ("job", "team-" + Number(workload % 8) + "/app-" + Number(workload)),
            ("namespace", "team-" + Number(workload % 8)),
            ("service", "app-" + Number(workload)),
        ];
    }

    /// <summary>Writes <c>5c8f7d9b6d-xk2lm</c> for the target's <paramref name="number"/>: every number its own.</summary>
    public static void WritePodSuffix(long number, Span<byte> destination)
    {
        ulong hash = (ulong)number * 0x9E3779B97F4A7C15;
        for (int i = 0; i < 10; i++)
        {
            destination[i] = (byte)Alphabet[(int)(hash % (ulong)Alphabet.Length)];
            hash /= (ulong)Alphabet.Length;
        }

        destination[10] = (byte)'-';
        // The last five count up, so that numbers below 27^5 cannot meet.
        for (int i = 11; i < PodSuffixLength; i++)
        {
            destination[i] = (byte)Alphabet[(int)(number % Alphabet.Length)];
            number /= Alphabet.Length;
        }
    }

    /// <summary>Writes three octets of three digits each, such as <c>117.203.145</c>.</summary>
    public static void WriteAddress(long number, Span<byte> destination)
    {
        int octets = (int)(number % (150 * 150 * 150));
        string text = string.Create(CultureInfo.InvariantCulture, $"{100 + (octets / 22500)}.{100 + (octets / 150 % 150)}.{100 + (octets % 150)}");
        _ = Encoding.ASCII.GetBytes(text, destination);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
