using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Commands;

/// <summary>What the program does beside serving: back up, restore and check the data.</summary>
internal static class ServiceCommand
{
    public const string Usage = """
        PromptAD.Server                      serve
        PromptAD.Server --demo               serve, with a drawn product and a line of drawn parts
        PromptAD.Server backup <folder>      copy database and files; also while the service runs
        PromptAD.Server restore <folder>     bring a backup into an empty data folder
        PromptAD.Server check                compare all files with their hashes, and verify the audit trail
        Options: --data <folder>, --database <connection string>, --bucket <name>, --store <backbones>, --backbone <id>,
        --urls <address>, and every setting as --Service:<Name>=<value>.
        """;

    private static readonly string[] Names = ["backup", "restore", "check", "help", "--help", "-h"];

    /// <summary>Whether the arguments name a command.</summary>
    public static bool Is(string[] args) => args.Length > 0 && Names.Contains(args[0]);

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code: 0 where all is well.</returns>
    /// <exception cref="PromptADException">It cannot be done.</exception>
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellation)
    {
        bool hasFolder = args.Length > 1 && !args[1].StartsWith('-');
        string[] rest = args[(hasFolder ? 2 : 1)..];
        if (args[0] is "help" or "--help" or "-h")
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }
        if (args[0] is "backup" or "restore" != hasFolder)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                hasFolder ? "'check' takes no folder; name the data folder with --data." : $"'{args[0]}' needs a folder.");
        }
        ServiceOptions options = ServerApplication.ReadOptions(ServerApplication.Configure(Settings(), rest));
        var space = new DiskSpace(options.DataFolder, reserve: 0);
        if (args[0] == "restore")
        {
            IReadOnlyList<string> damaged = BackupFolder.Restore(args[1], options, space);
            foreach (string line in damaged) await output.WriteLineAsync(line);
            await output.WriteLineAsync(
                $"Restored '{args[1]}' into '{options.DataFolder}'{(damaged.Count > 0 ? $"; {damaged.Count} files are damaged" : "")}.");
            return damaged.Count > 0 ? 1 : 0;
        }
        var builder = new DbContextOptionsBuilder<ServiceContext>();
        DatabaseSetup.Configure(builder, options);
        await using var db = new ServiceContext(builder.Options);
        FileStore files = FileStore.Open(options, space, NullLogger.Instance);
        if (args[0] == "check") return await CheckAsync(db, files, output, cancellation);
        (int copied, IReadOnlyList<string> lost) = BackupFolder.Write(args[1], options, files);
        foreach (string line in lost) await output.WriteLineAsync(line);
        await output.WriteLineAsync(
            $"Backed up into '{args[1]}': {copied} new files{(lost.Count > 0 ? $"; {lost.Count} could not be read" : "")}.");
        return lost.Count > 0 ? 1 : 0;
    }

    /// <summary>The settings beside the program, as the service reads them.</summary>
    private static ConfigurationManager Settings()
    {
        var settings = new ConfigurationManager();
        settings.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        return settings;
    }

    private static async Task<int> CheckAsync(ServiceContext db, FileStore files, TextWriter output, CancellationToken cancellation)
    {
        if (db.Database.IsSqlite() && !File.Exists(db.Database.GetDbConnection().DataSource))
            throw new PromptADException(
                Problem.Missing, $"There is no database '{db.Database.GetDbConnection().DataSource}'; name the data folder with --data.");
        int problems = 0;
        HashSet<string> named =
        [
            .. await db.Versions.Select(row => row.FileHash).ToListAsync(cancellation),
            .. await db.Pictures.Select(row => row.Hash).ToListAsync(cancellation),
            .. await db.Inspections.Where(row => row.PictureRemoved == null).Select(row => row.PictureHash).ToListAsync(cancellation),
        ];
        foreach (string hash in named.Order(StringComparer.Ordinal))
        {
            try
            {
                files.Read(hash);
            }
            catch (LostFileException e)
            {
                problems++;
                await output.WriteLineAsync(e.Message);
            }
        }
        (long entries, string? broken) = await AuditChain.VerifyAsync(db, cancellation);
        if (broken is not null)
        {
            problems++;
            await output.WriteLineAsync(broken);
        }
        string head = (await AuditChain.LastAsync(db, cancellation))?.Hash ?? AuditChain.Start;
        int unnamed = files.All().Count(file => !named.Contains(file.Hash));
        await output.WriteLineAsync(
            $"{named.Count} files, {await db.Inspections.CountAsync(cancellation)} inspections, {entries} audit entries, head {head}; "
            + $"{unnamed} files that nothing names; {(problems == 0 ? "all is well" : $"{problems} problems")}.");
        return problems == 0 ? 0 : 1;
    }
}
