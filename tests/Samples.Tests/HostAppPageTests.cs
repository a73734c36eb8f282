using System.Globalization;
using Diffusion.Sdk.Tests;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Support.UI;

namespace Samples.Tests;

/// <summary>
/// The page of the HostApp sample in a headless Chromium, as a reader uses it. With HOST_APP_SCREENSHOTS naming a
/// folder, it draws with the models that are shipped and leaves its pictures there.
/// </summary>
public sealed class HostAppPageTests(HostAppPageTests.Chromium chromium)
    : TensorTest, IClassFixture<HostAppPageTests.Chromium>
{
    private static readonly string? s_screenshots = Environment.GetEnvironmentVariable("HOST_APP_SCREENSHOTS");

    private readonly ChromeDriver _browser = chromium.Driver;

    [Theory]
    [InlineData(1280, 720, false, "host-app")]
    [InlineData(390, 844, true, "host-app-phone")]
    public async Task Page_Generate_DrawsEveryStepAndFits(int width, int height, bool isPhone, string screenshot)
    {
        await using HostAppServer server = await HostAppServer.Start(shippedModels: s_screenshots is not null);
        int steps = s_screenshots is null ? 6 : 50;
        Open(server, width, height, isPhone);
        Assert.Equal("Choose, and press Generate.", Text("message"));
        Set("seed", "7");
        Set("steps", $"{steps}");
        Set("class", "each");
        Set("guidance", "2.5");
        AssertFits(width);

        _browser.FindElement(By.Id("generate")).Click();
        WaitFor("Done", "message");

        Assert.Equal($"{steps} of {steps} · timestep 0", Text("counter"));
        string query = $"model=digits&class=each&seed=7&steps={steps}&guidance=2.5";
        Assert.Equal($"?{query}", Script<string>("return location.search"));
        byte[] grid = await server.Client.GetByteArrayAsync($"/grid.png?{query}");
        Assert.Equal($"data:image/png;base64,{Convert.ToBase64String(grid)}", Script<string>("return now.src"));
        Assert.True(Script<bool>("return now.complete && now.naturalWidth > 0 && now.getBoundingClientRect().width > 200"));
        AssertFits(width);

        int halfWay = steps * 7 / 10;
        Set("timeline", $"{halfWay}"); // back in time
        Assert.StartsWith($"{halfWay} of {steps} · ", Text("counter"));
        if (s_screenshots is not null)
        {
            _browser.GetScreenshot().SaveAsFile(Path.Combine(s_screenshots, $"{screenshot}.png"));
        }

        _browser.Navigate().Refresh(); // which keeps what was chosen
        WaitFor("Choose", "message");
        Assert.Equal($"7 {steps} each 2.5", Script<string>(
            "return ['seed', 'steps', 'class', 'guidance'].map(id => document.getElementById(id).value).join(' ')"));
        Assert.DoesNotContain(
            _browser.Manage().Logs.GetLog(LogType.Browser), entry => entry.Level is LogLevel.Warning or LogLevel.Severe);
    }

    [Fact]
    public async Task Page_StopOrLeave_EndsTheRun()
    {
        await using HostAppServer server = await HostAppServer.Start();
        Open(server, 1280, 720, isPhone: false);
        Script<object>("steps.max = 1000");
        Set("steps", "1000");
        _browser.FindElement(By.Id("generate")).Click();
        WaitFor("Drawing", "message");

        _browser.FindElement(By.Id("stop")).Click();

        WaitFor("Stopped after step ", "message");
        await server.Logged("The reader left");
        Assert.True(_browser.FindElement(By.Id("generate")).Enabled);

        server.Forget();
        _browser.FindElement(By.Id("generate")).Click();
        WaitFor("Drawing", "message");
        _browser.Navigate().GoToUrl("about:blank");
        await server.Logged("The reader left");
    }

    [Fact]
    public async Task Page_ServerIsBusyOrGone_SaysSo()
    {
        await using HostAppServer server = await HostAppServer.Start(
            false, "--Diffusion:MaxConcurrentRuns=1", "--MaxWaiting=0");
        Open(server, 390, 844, isPhone: true);
        using (Stream other = await server.Client.GetStreamAsync("/stream?count=64&steps=1000"))
        {
            await other.ReadExactlyAsync(new byte[100]);
            _browser.FindElement(By.Id("generate")).Click();
            WaitFor("All runs are taken and the queue is full.", "message");
        }
        await server.DisposeAsync();
        _browser.FindElement(By.Id("generate")).Click();
        WaitFor("The connection to the server broke off.", "message");
    }

    [Fact]
    public async Task Page_EveryControl_HasAName()
    {
        await using HostAppServer server = await HostAppServer.Start();
        Open(server, 390, 844, isPhone: true);

        Assert.Equal("", Script<string>(
            "return [...document.querySelectorAll('input, select, button')]" +
            ".filter(e => !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).map(e => e.outerHTML).join()"));
        Script<object>("document.querySelector('[name=model][value=clothes]').click()");
        Assert.Equal(
            "One of each,Any,T-shirt,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot",
            Script<string>("return [...document.getElementById('class').options].map(o => o.text).join()"));
    }

    private void Open(HostAppServer server, int width, int height, bool isPhone)
    {
        _browser.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = isPhone ? 2 : 1, ["mobile"] = isPhone,
        });
        _browser.Navigate().GoToUrl(server.Client.BaseAddress!);
        Wait(() => Script<bool>("return seed.value !== ''"));
    }

    // As a hand does it: the value, and that it has changed.
    private void Set(string id, string value) => _browser.ExecuteScript(
        "const e = document.getElementById(arguments[0]); e.value = arguments[1];" +
        "e.dispatchEvent(new Event('input', { bubbles: true }));", id, value);

    private void AssertFits(int width)
    {
        Assert.Equal(width, Script<long>("return innerWidth"));
        Assert.InRange(Script<long>("return document.documentElement.scrollWidth"), 1, width);
    }

    private void WaitFor(string start, string id) => Wait(() => Text(id).StartsWith(start, StringComparison.Ordinal));

    private void Wait(Func<bool> condition) => new WebDriverWait(
        new SystemClock(), _browser, timeout: TimeSpan.FromSeconds(s_screenshots is null ? 20 : 120),
        sleepInterval: TimeSpan.FromMilliseconds(20)).Until(_ => condition());

    private string Text(string id) => _browser.FindElement(By.Id(id)).Text;

    private T Script<T>(string script) => (T)_browser.ExecuteScript(script)!;

    /// <summary>One browser for all tests, which ends with them.</summary>
    public sealed class Chromium : IDisposable
    {
        public Chromium()
        {
            var options = new ChromeOptions { BinaryLocation = "/usr/bin/chromium" };
            options.AddArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
            options.SetLoggingPreference(LogType.Browser, LogLevel.All);
            Driver = new ChromeDriver(ChromeDriverService.CreateDefaultService("/usr/bin"), options);
        }

        public ChromeDriver Driver { get; }

        public void Dispose() => Driver.Dispose();
    }
}
