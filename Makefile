# Every target does the set-up it needs and is incremental. 'make' alone lists the targets.
CONFIG  ?= Release
DOTNET  := dotnet
QUIET   := --nologo -v quiet

# What a Debian 12 with the .NET SDK lacks: libtorch and a fast BLAS for it, a compiler for the bridge, Cairo and a font.
PACKAGES       := libtorch-dev libopenblas0-pthread cmake g++ libcairo2 fonts-dejavu-core
# What the tests need besides: a browser, and the program that drives it.
TEST_PACKAGES  := chromium chromium-driver
BENCH_PACKAGES := python3-torch

SOURCES := $(shell find src samples tests -name '*.cs' -o -name '*.csproj' -o -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt -o -name '*.targets' -o -name '*.props' \
             -o -path '*/wwwroot/*' -o -name appsettings.json -o -path '*/pretrained/*.*' 2>/dev/null | grep -v -e /obj/ -e /bin/) \
           Directory.Build.props Directory.Packages.props
STAMPS  := artifacts/stamps

.DEFAULT_GOAL := help
.PHONY: help setup build test demo data sample samples bench profile trust screenshots sanitize docs pack consumer clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what the machine lacks (named before it is installed)
	@.ci/install $(PACKAGES)

build: setup $(STAMPS)/build ## Build everything

$(STAMPS)/build: $(SOURCES)
	@echo "Building, which takes some minutes the first time ..."
	@$(DOTNET) build Diffusion.Sdk.sln -c $(CONFIG) $(QUIET)
	@mkdir -p $(@D) && touch $@

test: build ## Run all tests
	@.ci/install $(TEST_PACKAGES)
	@.ci/test $(CONFIG)

demo: build ## Train a diffusion model in front of you, and draw with it and with those in samples/pretrained; see out/
	@$(DOTNET) samples/MixtureTutorial/bin/$(CONFIG)/net10.0/MixtureTutorial.dll out
	@$(DOTNET) samples/FromPretrained/bin/$(CONFIG)/net10.0/FromPretrained.dll

data: ## Fetch MNIST and Fashion-MNIST into artifacts/data
	@.ci/data artifacts/data

# Those that need real images.
IMAGE_SAMPLES := Digits Clothes GuidedDigits LatentWalk FidVersusSteps

sample: build $(if $(filter $(IMAGE_SAMPLES),$(NAME)),data) ## Run one sample: make sample NAME=Digits STEPS=10000 HOURS=1 ARGS="..."
	@test -f "samples/$(NAME)/Program.cs" || { echo "No sample '$(NAME)'. There are: $$(ls samples/*/Program.cs | cut -d/ -f2 | xargs)"; exit 2; }
	@$(DOTNET) samples/$(NAME)/bin/$(CONFIG)/net10.0/$(NAME).dll $(if $(STEPS),--steps $(STEPS)) $(if $(HOURS),--hours $(HOURS)) $(ARGS) || \
	  { code=$$?; test $$code = 3 && echo "Not every goal is met: see the marks above. The sample's page in docs says why."; }

# Those that take minutes at most, one seed each.
QUICK_SAMPLES := ScheduleTour SwissRoll RingDiffusion ConditionalRing LearnedVariance1D ScoreMatching FromPretrained

samples: build ## Run the quick samples, one seed each; the pictures are in out/
	@for name in $(QUICK_SAMPLES); do \
	  echo "== $$name"; \
	  $(DOTNET) samples/$$name/bin/$(CONFIG)/net10.0/$$name.dll --seeds 1; code=$$?; \
	  case $$code in 0) ;; 3) missed="$$missed $$name" ;; *) exit $$code ;; esac; \
	done; test -z "$$missed" || echo "With one seed a goal is missed in:$$missed"

# Both sides run on the kernels that OpenBLAS itself chooses for the processor.
bench: build ## Measure against PyTorch eager, alternating in one run
	@.ci/install $(BENCH_PACKAGES)
	@env -u OPENBLAS_CORETYPE $(DOTNET) tests/Diffusion.Sdk.Benchmarks/bin/$(CONFIG)/net10.0/Diffusion.Sdk.Benchmarks.dll $(ARGS)

profile: build ## Break a step of each work down by operator and by kernel
	@env -u OPENBLAS_CORETYPE $(DOTNET) tests/Diffusion.Sdk.Benchmarks/bin/$(CONFIG)/net10.0/Diffusion.Sdk.Benchmarks.dll profile

trust: build data ## Train and sample in bfloat16 beside float32, over 3 paired seeds
	@env -u OPENBLAS_CORETYPE $(DOTNET) tests/Diffusion.Sdk.Benchmarks/bin/$(CONFIG)/net10.0/Diffusion.Sdk.Benchmarks.dll trust 3 artifacts/data/mnist

screenshots: build ## Take the pictures of HostApp's page in docs/images, with the models of samples/pretrained
	@.ci/install $(TEST_PACKAGES)
	@HOST_APP_SCREENSHOTS=$(CURDIR)/docs/images $(DOTNET) test tests/Samples.Tests -c $(CONFIG) --no-build $(QUIET) --filter Page_Generate

sanitize: build ## Test the native kernels with every address and undefined operation watched
	@.ci/sanitize $(CONFIG)

docs: ## Make the documentation's pages in docs/_site, where docfx is installed
	@command -v docfx >/dev/null || { echo "'make docs' needs docfx: dotnet tool install -g docfx"; exit 2; }
	@docfx docs/docfx.json

pack: build ## Make the NuGet packages in artifacts/packages
	@$(DOTNET) pack Diffusion.Sdk.sln -c $(CONFIG) --no-build $(QUIET)
	@ls artifacts/packages/*.nupkg

consumer: pack ## Restore the packages into a project outside the tree and run it
	@tests/Consumer/run

clean: ## Remove everything that was built; data and results stay
	@rm -rf artifacts/stamps artifacts/packages && find . -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
