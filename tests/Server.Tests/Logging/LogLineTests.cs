using System.Text.Json;
using Microsoft.Extensions.Logging;
using RemoteStore.Server.Logging;
using RemoteStore.Server.Options;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Logging;

public sealed class LogLineTests
{
    [Fact]
    public void Logfmt_Event_IsOneLineOfPairs() =>
        Write(LogFormat.Logfmt, static logger => logger.LogWarning("Part {Part} set aside after {ElapsedMs} ms", "0001.part", 12.5))
            .ShouldBe("ts=2026-03-01T12:00:00.250Z level=warn component=tsdb msg=\"Part 0001.part set aside after 12.5 ms\" part=0001.part elapsed_ms=12.5\n");

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("back\\slash", "\"back\\\\slash\"")]
    [InlineData("line\nfeed\r\ttab", "\"line\\nfeed\\r\\ttab\"")]
    [InlineData("bell\u0007", "\"bell\\u0007\"")]
    [InlineData("line\u2028separator", "\"line\\u2028separator\"")]
    [InlineData("naïve", "\"naïve\"")]
    public void Logfmt_Value_IsQuotedAndEscapedWhenNeeded(string value, string expected)
    {
        object[] values = [value];
        Write(LogFormat.Logfmt, logger => logger.LogInformation("m {Value}", values)).ShouldEndWith($" value={expected}\n");
    }

    [Fact]
    public void Logfmt_Exception_StaysOnTheLine()
    {
        var exception = new IOException("disk\ngone");
        string line = Write(LogFormat.Logfmt, logger => logger.LogError(exception, "Cannot write"));

        line.Count(static c => c == '\n').ShouldBe(1);
        line.ShouldContain("err=\"System.IO.IOException: disk\\ngone\"");
    }

    [Fact]
    public void Json_Event_IsOneObject()
    {
        var exception = new IOException("x");
        string line = Write(LogFormat.Json, logger => logger.LogError(exception, "Tenant {Tenant} \"quoted\"\n", "a+b"));

        line.Count(static c => c == '\n').ShouldBe(1);
        using JsonDocument json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("ts").GetString().ShouldBe("2026-03-01T12:00:00.250Z");
        json.RootElement.GetProperty("level").GetString().ShouldBe("error");
        json.RootElement.GetProperty("component").GetString().ShouldBe("tsdb");
        json.RootElement.GetProperty("msg").GetString().ShouldBe("Tenant a+b \"quoted\"\n");
        json.RootElement.GetProperty("tenant").GetString().ShouldBe("a+b");
        json.RootElement.GetProperty("err").GetString()!.ShouldContain("IOException");
    }

    [Theory]
    [InlineData("RemoteStore.Tsdb.Wal.WriteAheadLog", "tsdb")]
    [InlineData("RemoteStore.Api", "api")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Server.Kestrel")]
    public void Component_Category_IsNamedByItsAssembly(string category, string expected) =>
        StructuredLoggerProvider.Component(category).ShouldBe(expected);

    private static string Write(LogFormat format, Action<ILogger> log)
    {
        var output = new StringWriter();
        using var provider = new StructuredLoggerProvider(output, format, new FixedTime());
        log(provider.CreateLogger("RemoteStore.Tsdb.TimeSeriesDatabase"));
        return output.ToString();
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);
    }
}
