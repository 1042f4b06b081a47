using System.Globalization;

namespace RemoteStore.Benchmarks.Dashboards;

/// <summary>Options of the dashboard driver.</summary>
internal sealed record DashboardOptions
{
    public const string Help =
        """
        usage: dashboards --url URL [options]   loads dashboards of 20 panels as a browser does, six requests at a time, and refreshes them

          --url URL            the server, such as http://127.0.0.1:9009
          --clients N          dashboards open at once (1)
          --tenants A,B        tenants that the dashboards are spread over (none: no header)
          --range SECONDS      time range of a panel (3600)
          --step SECONDS       step of a panel (15)
          --end SECONDS        end of the first load, Unix time (now, as many steps before it as there are refreshes)
          --refreshes N        refreshes of each dashboard, each one step later (20)
          --cold N             loads of a range that nobody has asked for before, for one client (5)
          --every SECONDS      time between refreshes of a dashboard; 0: one after the other (0)
          --panels             prints the time of each panel of a cold load
        """;

    public required Uri Url { get; init; }

    public int Clients { get; init; } = 1;

    public string[] Tenants { get; init; } = [""];

    public long RangeSeconds { get; init; } = 3600;

    public long StepSeconds { get; init; } = 15;

    public long EndSeconds { get; init; }

    public int Refreshes { get; init; } = 20;

    public int Cold { get; init; } = 5;

    public double EverySeconds { get; init; }

    public bool PrintsPanels { get; init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="FormatException">One is unknown or lacks its value.</exception>
    public static DashboardOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new DashboardOptions { Url = new Uri("http://invalid.invalid/") };
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--panels")
            {
                options = options with { PrintsPanels = true };
                continue;
            }

            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value");
            options = args[i++] switch
            {
                "--url" => options with { Url = new Uri(value) },
                "--clients" => options with { Clients = (int)Whole(value) },
                "--tenants" => options with { Tenants = value.Split(',') },
                "--range" => options with { RangeSeconds = Whole(value) },
                "--step" => options with { StepSeconds = Whole(value) },
                "--end" => options with { EndSeconds = Whole(value) },
                "--refreshes" => options with { Refreshes = (int)Whole(value) },
                "--cold" => options with { Cold = (int)Whole(value) },
                "--every" => options with { EverySeconds = double.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new FormatException($"unknown option {args[i - 1]}"),
            };
        }

        return options.Url.Host != "invalid.invalid" ? options : throw new FormatException("--url is missing");
    }

    private static long Whole(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
