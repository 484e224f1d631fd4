using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PromptAD.Server.Audit;
using PromptAD.Server.Cluster;
using PromptAD.Server.Inspections;
using PromptAD.Server.Jobs;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.PageHosting;
using PromptAD.Server.Products;
using PromptAD.Server.Quality;
using PromptAD.Server.Security;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Stations;
using PromptAD.Server.Storage;
using Scalar.AspNetCore;

namespace PromptAD.Server;

/// <summary>Puts the service together.</summary>
internal static class ServerApplication
{
    private const int BeyondPicture = 64; // MB
    private const string UsualAddress = "http://localhost:5190", AnyScheme = "KeyOrCookie";

    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--data"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.DataFolder)}",
        ["--database"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.Database)}",
        ["--store"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.BackboneStore)}",
        ["--backbone"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.Backbone)}",
        ["--bucket"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.Bucket)}:{nameof(BucketOptions.Name)}",
        ["--urls"] = "Urls",
        ["--node-port"] = $"{ServiceOptions.Section}:{nameof(ServiceOptions.Cluster)}:{nameof(ClusterOptions.Port)}",
    };

    /// <summary>The service, ready to be prepared and run.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Changes services, for tests; null for none.</param>
    /// <exception cref="PromptADException">The data folder cannot be used.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(ServerApplication).Assembly.GetName().Name,
        });
        Configure(builder.Configuration, args);
        ServiceOptions options = ReadOptions(builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(UsualAddress);
        builder.WebHost.UseStaticWebAssets(); // where it runs without being published
        builder.Host.UseSystemd().UseWindowsService();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Somewhat more than is taken, so that a picture that is too large gets an answer and not a closed connection.
            kestrel.Limits.MaxRequestBodySize = (options.MaxPictureMegabytes + BeyondPicture) * 1_000_000L;
        });
        // A configuration may ask for more.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None) // what fails is thrown
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error) // keys lie in the data folder, which is the service's alone
            .AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None); // ErrorAnswers logs instead
        ClusterHost.AddTo(builder, options);
        AddStorage(builder.Services, options);
        builder.Services.AddSingleton<RecentLog>().AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<RecentLog>());
        AddSecurity(builder.Services, options);
        AddInterface(builder.Services);
        PageHost.AddTo(builder.Services, options);
        AddTraces(builder.Services, builder.Configuration);
        configure?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        Use(app);
        return app;
    }

    /// <summary>Puts the command line before other settings.</summary>
    public static ConfigurationManager Configure(ConfigurationManager configuration, string[] args)
    {
        configuration.AddEnvironmentVariables();
        // Those that need no value.
        string[] whole =
        [
            .. args.Select(one => one switch
            {
                "--demo" => $"--{ServiceOptions.Section}:{nameof(ServiceOptions.Demo)}=true",
                "--cluster" => $"--{ServiceOptions.Section}:{nameof(ServiceOptions.Cluster)}:{nameof(ClusterOptions.Enabled)}=true",
                _ => one,
            }),
        ];
        configuration.AddCommandLine(whole, Switches);
        return configuration;
    }

    /// <summary>The options that a configuration has.</summary>
    public static ServiceOptions ReadOptions(IConfiguration configuration)
    {
        var options = new ServiceOptions();
        configuration.GetSection(ServiceOptions.Section).Bind(options);
        options.DataFolder = Path.GetFullPath(options.DataFolder);
        options.Cluster.Check(options.Database);
        options.Bucket.Check();
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(options.DataFolder);
            else Directory.CreateDirectory(options.DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable, $"The data folder '{options.DataFolder}' cannot be made: {e.Message} Name another one with --data.", e);
        }
        return options;
    }

    /// <summary>Database and files, as the commands need them, too.</summary>
    public static void AddStorage(IServiceCollection services, ServiceOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new DiskSpace(options.DataFolder, options.ReserveMegabytes * 1_000_000L));
        services.AddSingleton(
            provider => FileStore.Open(
                options, provider.GetRequiredService<DiskSpace>(), provider.GetRequiredService<ILogger<FileStore>>()));
        // Where a cluster has not put its own.
        services.TryAddSingleton<ILeases, OwnLeases>();
        services.TryAddSingleton<IPictureJudge>(provider => provider.GetRequiredService<Judge>());
        services.TryAddSingleton<IStationBoard>(provider => provider.GetRequiredService<StationBoard>());
        services.AddPooledDbContextFactory<ServiceContext>(database => DatabaseSetup.Configure(database, options));
        services.AddSingleton<Changes>();
        services.AddSingleton<DetectorCatalog>();
        services.AddSingleton<DetectorCache>();
        services.AddSingleton<InspectionWriter>();
        services.AddSingleton<LiveResults>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<OverlayEndpoints>();
        services.AddSingleton<TrialEndpoints>();
        services.AddSingleton<PictureIntake>();
        services.AddSingleton<PictureKeeping>();
        // They end in the opposite order: requests first, then what waits for the judge, then the judge.
        services.AddSingleton<Judge>().AddHostedService(provider => provider.GetRequiredService<Judge>());
        services.AddSingleton<StationBoard>().AddHostedService(provider => provider.GetRequiredService<StationBoard>());
        services.AddSingleton<Inspector>().AddHostedService(provider => provider.GetRequiredService<Inspector>());
        services.AddSingleton<JobRunner>().AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddSingleton<QualityReader>().AddSingleton<QualityReport>();
        services.AddSingleton<DriftWatch>().AddHostedService(provider => provider.GetRequiredService<DriftWatch>());
        services.AddSingleton<Retention>().AddHostedService(provider => provider.GetRequiredService<Retention>());
        services.AddSingleton<Outbox>().AddSingleton<MqttCommands>();
        services.AddSingleton<SinkRunner>().AddHostedService(provider => provider.GetRequiredService<SinkRunner>());
        if (options.Demo) services.AddSingleton<DemoSource>();
        services.AddSingleton<SourceRunner>().AddHostedService(provider => provider.GetRequiredService<SourceRunner>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
    }

    private static void AddSecurity(IServiceCollection services, ServiceOptions options)
    {
        services.AddSingleton<Users>().AddSingleton<SetupToken>().AddSingleton<SinkSetup>().AddSingleton<SourceSetup>();
        IDataProtectionBuilder keys = services.AddDataProtection().SetApplicationName("PromptAD.Server");
        if (options.Bucket.Name is null)
        {
            keys.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataFolder, "keys")));
        }
        else
        {
            services.AddOptions<KeyManagementOptions>()
                .Configure<FileStore>((management, files) => management.XmlRepository = new BucketKeys((BucketStore)files));
        }
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, scheme => scheme.ForwardDefaultSelector = context =>
                context.Features.Get<PageCaller>() is not null ? PageAuthentication.SchemeName
                : context.Request.Headers.Authorization.Count > 0 ? KeyAuthentication.SchemeName
                : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, PageAuthentication>(PageAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null)
            .AddCookie(CookieSettings.Apply);
        services.AddAuthorization(Policies.AddTo);
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = async (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                await AccessAnswers.RefuseAsync(
                    context.HttpContext, StatusCodes.Status429TooManyRequests, "There were too many requests; send it again in a moment.");
            };
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
                Sender(context), _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = options.RequestsPerSecond * 2,
                    TokensPerPeriod = options.RequestsPerSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }));
            limits.AddPolicy(AccountEndpoints.LoginLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress ?? IPAddress.None, _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = options.LoginsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                }));
        });
    }

    private static void AddInterface(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => ServiceJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // so that ErrorAnswers words it
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ErrorAnswers.Complete);
        services.AddExceptionHandler<ErrorAnswers>();
        services.AddOpenApi(InterfaceDocument.Configure);
        services.AddHealthChecks().AddCheck<Readiness>("service", tags: [Readiness.Tag]);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(ServiceMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }

    /// <summary>Traces go to the collector that the usual setting of OpenTelemetry names; without one there are none.</summary>
    private static void AddTraces(IServiceCollection services, ConfigurationManager configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("promptad-server"))
            .WithTracing(traces => traces.AddSource(ServiceTraces.SourceName, "Microsoft.AspNetCore").AddOtlpExporter());
    }

    private static void Use(WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<OwnPipeline>().Take);
        app.UseRouting();
        app.UseExceptionHandler();
        app.Use(SecurityHeaders.AddAsync);
        app.UseStatusCodePages();
        app.Use(SameOrigin.CheckAsync);
        app.Use(SmallBodies.LimitAsync);
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        PageHost.UseLanguages(app);

        app.MapOpenApi("/openapi.json").AllowAnonymous();
        app.MapScalarApiReference("/docs", InterfaceDocument.Configure).AllowAnonymous();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Readiness.Tag) })
            .AllowAnonymous();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Policies.Station);
        AccountEndpoints.Map(app);
        KeyEndpoints.Map(app);
        ProductEndpoints.Map(app);
        PictureEndpoints.Map(app);
        VersionEndpoints.Map(app);
        ScoreEndpoints.Map(app);
        RecipeEndpoints.Map(app);
        JobEndpoints.Map(app);
        InspectionEndpoints.Map(app);
        BatchEndpoints.Map(app);
        LiveEndpoints.Map(app);
        StationEndpoints.Map(app);
        SourceEndpoints.Map(app);
        SinkEndpoints.Map(app);
        OverlayEndpoints.Map(app);
        TrialEndpoints.Map(app);
        AuditEndpoints.Map(app);
        QualityEndpoints.Map(app);
        StateEndpoints.Map(app);
        ClusterEndpoints.Map(app);
        ClusterHost.Map(app);
        PageHost.Map(app);
    }

    private static string Sender(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } ? context.User.Actor() : $"{context.Connection.RemoteIpAddress}";
}
