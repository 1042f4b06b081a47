using System.Globalization;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>
/// <c>longterm [SERIES [DAYS]]</c>: data of more than a year in three tiers and queries over a year of it; <c>longterm make DIRECTORY [SERIES [DAYS]]</c> keeps the
/// data, and <c>longterm query DIRECTORY [RUNS]</c> only queries it.
/// </summary>
internal static class LongTermCommand
{
    private const int Runs = 3;

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["make", var root, .. var sizes]:
                Data(root, sizes).MakeAsync().GetAwaiter().GetResult();
                return 0;
            case ["query", var root, .. var runs]:
                new LongTermQueries(root).RunAsync(At(runs, 0, Runs)).GetAwaiter().GetResult();
                return 0;
            default:
                return MakeAndQuery(arguments);
        }
    }

    private static int MakeAndQuery(string[] sizes)
    {
        string root = Directory.CreateTempSubdirectory("longterm-").FullName;
        try
        {
            Data(root, sizes).MakeAsync().GetAwaiter().GetResult();
            new LongTermQueries(root).RunAsync(Runs).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        return 0;
    }

    private static LongTermData Data(string root, string[] sizes) => new(root, At(sizes, 0, 1000), At(sizes, 1, 400));

    private static int At(string[] arguments, int index, int otherwise) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : otherwise;
}
