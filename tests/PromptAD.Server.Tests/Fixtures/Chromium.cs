using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(PromptAD.Server.Tests.Fixtures.Chromium))]

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>Debian's browser, driven by Playwright; started when it is first asked for. Tests are skipped where it is not installed.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> started = new(StartAsync);

    /// <summary>A window of its own, with cookies of its own.</summary>
    internal async Task<BrowserWindow> OpenAsync(ServiceUnderTest service, int width = 1280, int height = 800, string language = "en-US", bool dark = false)
    {
        if (!File.Exists(Program)) Console.Error.WriteLine($"SKIPPED: no {Program}; 'apt-get install chromium' brings it.");
        Assert.SkipUnless(File.Exists(Program), $"No {Program}; 'apt-get install chromium' brings it.");
        IBrowserContext context = await (await started.Value).Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = service.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            Locale = language,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            TimezoneId = "Europe/Berlin",
            ReducedMotion = ReducedMotion.Reduce,
        });
        return new BrowserWindow(context, await context.NewPageAsync(), service.Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (!started.IsValueCreated) return;
        (IPlaywright driver, IBrowser browser) = await started.Value;
        await browser.DisposeAsync();
        driver.Dispose();
    }

    private static async Task<(IPlaywright Driver, IBrowser Browser)> StartAsync()
    {
        IPlaywright driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Arguments }));
    }
}

/// <summary>A window of the browser, which notes what it asks other machines for and what it complains of.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext context;

    public BrowserWindow(IBrowserContext context, IPage page, Uri address)
    {
        (this.context, Page) = (context, page);
        page.SetDefaultTimeout(20_000);
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Authority != address.Authority)
                lock (Elsewhere) Elsewhere.Add(request.Url);
        };
        page.Console += (_, message) =>
        {
            if (message.Type == "error") lock (Complaints) Complaints.Add(message.Text);
        };
        page.PageError += (_, error) =>
        {
            lock (Complaints) Complaints.Add(error);
        };
    }

    public IPage Page { get; }

    /// <summary>Addresses of other machines that were asked for.</summary>
    public List<string> Elsewhere { get; } = [];

    /// <summary>Errors of the browser's console: refused by the content policy, missing files, scripts that fail.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Signs in on the page.</summary>
    public async Task SignInAsync(string path = "/", string name = ServiceUnderTest.Name)
    {
        await Page.GotoAsync(path);
        await Page.FillAsync("#name", name);
        await Page.FillAsync("#password", ServiceUnderTest.Password);
        await Page.ClickAsync("form button");
        await Page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
    }

    /// <summary>A picture of the page, for people to look at, in the folder of the build's outputs.</summary>
    public Task ShootAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png"),
        FullPage = true,
    });

    /// <summary>Nothing was asked of other machines, and the browser has not complained.</summary>
    public void CheckQuiet()
    {
        Assert.Empty(Elsewhere);
        Assert.Empty(Complaints);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
