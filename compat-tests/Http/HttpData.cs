using System.Globalization;
using RemoteStore.CompatTests.Peers;

namespace RemoteStore.CompatTests.Http;

/// <summary>Half an hour of a few series up to now, for endpoints that look at the present too.</summary>
internal sealed class HttpData
{
    private const int Samples = 120;

    public HttpData(long nowSeconds)
    {
        Now = nowSeconds;
        Start = nowSeconds - (Samples * 15) + 15;
    }

    /// <summary>Time of the last samples, seconds since the Unix epoch.</summary>
    public long Now { get; }

    /// <summary>Time of the first samples.</summary>
    public long Start { get; }

    /// <summary>The series.</summary>
    public IReadOnlyList<DataSeries> Series =>
    [
        .. from job in (string[])["api", "web"]
           from instance in (string[])["a:1", "b:1"]
           select Of([("__name__", "up"), ("instance", instance), ("job", job)], static i => i % 17 == 0 ? 0 : 1),
        .. from code in (string[])["200", "500"] select Of([("__name__", "requests_total"), ("code", code), ("job", "api")], static i => i * 7),
        Of([("__name__", "temperature"), ("zone", "ü \"quoted\" \\ \n")], static i => i * 0.1),
        Of([("__name__", "extremes"), ("kind", "nan")], static _ => double.NaN),
        Of([("__name__", "extremes"), ("kind", "inf")], static i => i % 2 == 0 ? double.PositiveInfinity : double.NegativeInfinity),
        Of([("__name__", "extremes"), ("kind", "small")], static i => 1e-9 / (i + 1)),
        Of([("__name__", "extremes"), ("kind", "large")], static i => 1.7e300 / (i + 1)),
    ];

    /// <summary>A time some minutes before the end, as a parameter.</summary>
    public string At(int minutesBeforeNow) => (Now - (minutesBeforeNow * 60)).ToString(CultureInfo.InvariantCulture);

    private DataSeries Of((string, string)[] labels, Func<int, double> value) => new(
        labels,
        [.. Enumerable.Range(0, Samples).Select(i => ((Start + (i * 15)) * 1000, double.IsNaN(value(i)) ? 0x7ff8000000000001 : BitConverter.DoubleToInt64Bits(value(i))))]);
}
